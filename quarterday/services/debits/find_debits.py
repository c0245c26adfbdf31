"""Find the debits that a line of a bank statement is about; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from quarterday.store.models import AttemptStatus, Debit, DebitBatch, DebitBatchStatus, Seller

_LIVE = (AttemptStatus.PENDING, AttemptStatus.UNKNOWN, AttemptStatus.CREATED)


class DebitGroup(NamedTuple):
    """Debits that a bank books as one sum: those of a file with the same day and sequence.

    ``total_minor`` is of all of them; ``left_minor`` without those that failed before the bank
    took any money, which some banks leave out of the sum. ``is_settled`` says that none waits.
    """

    batch: DebitBatch
    payment_group: str
    collect_on: date
    currency: str
    total_minor: int
    left_minor: int
    is_settled: bool
    debits: tuple[Debit, ...]


def find_debit(seller: Seller, end_to_end_id: str) -> Debit | None:
    """The debit that a bank names by its end-to-end id, in capitals or not."""
    rows = _rows(seller).filter(end_to_end_id=end_to_end_id.strip().upper())
    return rows.first()


def find_by_mandate(seller: Seller, mandate: str, amount_minor: int) -> list[Debit]:
    """Debits of a mandate and amount that were given to a bank, the latest first.

    For banks that say neither end-to-end id nor group. The amount is positive.
    """
    rows = _rows(seller).filter(
        mandate__reference=mandate.strip(),
        attempt__amount_minor=abs(amount_minor),
        batch__isnull=False,
    )
    return list(rows.order_by("-collect_on", "-id"))


def find_group(seller: Seller, payment_group: str) -> DebitGroup | None:
    """The group that a bank names by its payment information id; None for another's."""
    debits = list(_rows(seller).filter(payment_group=payment_group.strip()).order_by("id"))
    found = _group(debits) if payment_group.strip() else []
    return found[0] if found else None


def find_groups(
    seller: Seller, *, message_id: str = "", amount_minor: int | None = None
) -> list[DebitGroup]:
    """Groups of files that were not dropped: of one file, or of a sum, or all that still wait.

    A sum counts when it is that of all debits or of those that did not fail.
    """
    rows = _rows(seller).filter(batch__isnull=False)
    rows = rows.exclude(batch__status=DebitBatchStatus.DROPPED)
    if message_id:
        rows = rows.filter(batch__message_id=message_id)
    else:
        waiting = _rows(seller).filter(attempt__status__in=_LIVE).exclude(payment_group="")
        rows = rows.filter(payment_group__in=waiting.values("payment_group"))
    groups = _group(rows.order_by("payment_group", "id"))
    if amount_minor is None:
        return groups
    return [one for one in groups if amount_minor in (one.total_minor, one.left_minor)]


def _rows(seller: Seller) -> QuerySet[Debit]:
    return Debit.objects.filter(seller=seller).select_related(
        "attempt__account__seller", "attempt__payment", "mandate", "batch"
    )


def _group(debits: Iterable[Debit]) -> list[DebitGroup]:
    found: dict[str, list[Debit]] = {}
    for debit in debits:
        found.setdefault(debit.payment_group, []).append(debit)
    groups = []
    for name, members in found.items():
        batch = members[0].batch
        if batch is None:
            continue
        left = [one for one in members if one.attempt.status != AttemptStatus.FAILED]
        groups.append(
            DebitGroup(
                batch=batch,
                payment_group=name,
                collect_on=members[0].collect_on,
                currency=batch.currency,
                total_minor=sum(one.attempt.amount_minor for one in members),
                left_minor=sum(one.attempt.amount_minor for one in left),
                is_settled=all(one.attempt.status not in _LIVE for one in members),
                debits=tuple(members),
            )
        )
    return groups
