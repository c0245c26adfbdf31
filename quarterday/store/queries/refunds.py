"""Refunds that gateways make, and which payments are of the same money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from quarterday.store.models import (
    Account,
    Dispute,
    Payment,
    PaymentAttempt,
    Refund,
    RefundAttempt,
    RefundStatus,
    Seller,
)
from quarterday.store.queries.references import NotThere

OPEN_REFUNDS = (RefundStatus.CREATED, RefundStatus.PENDING, RefundStatus.UNKNOWN)
_BATCH = 200
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# How often the gateway is asked at first, and how often once the refund is older than an hour.
_PACES = {
    RefundStatus.CREATED: (2 * _MINUTE, _HOUR),
    RefundStatus.UNKNOWN: (2 * _MINUTE, _HOUR),
    RefundStatus.PENDING: (_HOUR, 6 * _HOUR),
}
# Whoever has just asked for it is still being served.
_PATIENCE = 3 * _MINUTE
# Money may go back and forth; nobody does that so often.
_MOST_ROUNDS = 20
_WITH = ("account__seller", "payment", "attempt", "dispute", "dispute_rest__dispute")


def find_origin(payment: Payment) -> PaymentAttempt | None:
    """The attempt by which a payment's money came from a gateway, at whatever time before.

    Money that a dispute restored or a refund returned is known to the gateway by that attempt.
    """
    current: Payment | None = payment
    for _ in range(_MOST_ROUNDS):
        if current is None:
            return None
        rows = PaymentAttempt.objects.select_related("account__seller__brand", "method")
        if found := rows.filter(payment=current).first():
            return found
        current = _find_before(current)
    return None


def find_first(payment: Payment) -> Payment:
    """The payment by which money came that was restored or returned since."""
    for _ in range(_MOST_ROUNDS):
        before = _find_before(payment)
        if before is None:
            break
        payment = before
    return payment


def list_same_money(payment: Payment) -> list[Payment]:
    """A payment, and those by which its money came back, in the order in which they were made."""
    found = [payment]
    for one in found:
        restored = Dispute.objects.filter(payment=one, restored__isnull=False)
        returned = RefundAttempt.objects.filter(refund__payment=one, returned__isnull=False)
        keys = [*restored.values_list("restored_id", flat=True)]
        keys += [*returned.values_list("returned_id", flat=True)]
        found += Payment.objects.filter(id__in=keys).order_by("id")
        if len(found) > _MOST_ROUNDS:
            break
    return found


def _find_before(payment: Payment) -> Payment | None:
    """The payment whose money came back as this one."""
    dispute = Dispute.objects.select_related("payment").filter(restored=payment).first()
    if dispute is not None:
        return dispute.payment
    rows = RefundAttempt.objects.select_related("refund__payment")
    attempt = rows.filter(returned=payment).first()
    return attempt.refund.payment if attempt is not None else None


def is_to_look_up(attempt: RefundAttempt, now: datetime, every: timedelta) -> bool:
    """Whether the gateway is asked in a run that happens ``every`` so often."""
    age = now - attempt.created_at
    if age < _PATIENCE:
        return False
    young, old = _PACES[RefundStatus(attempt.status)]
    pace = young if age < _HOUR else old
    return pace <= every or age % pace < every


def iterate_open() -> Iterator[RefundAttempt]:
    """Refunds without an end, the oldest first, in batches by key."""
    last = 0
    rows = RefundAttempt.objects.select_related("refund__account__seller__brand")
    rows = rows.filter(status__in=OPEN_REFUNDS).order_by("id")
    while batch := list(rows.filter(id__gt=last)[:_BATCH]):
        yield from batch
        last = batch[-1].id


def list_refunds(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    is_open: bool = False,
    limit: int = 100,
) -> list[Refund]:
    """Refunds, the newest first; with ``is_open`` only those that a gateway has still to make."""
    rows = Refund.objects.select_related(*_WITH)
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    if is_open:
        rows = rows.filter(attempt__status__in=OPEN_REFUNDS)
    rows = rows.order_by("-id")
    return list(rows[:limit] if limit else rows)


def find_refund(name: str) -> Refund:
    """A refund by its public id, that of its attempt, or its external id. Raises `NotThere`."""
    rows = Refund.objects.select_related(*_WITH)
    for condition in ({"public_id": name}, {"attempt__public_id": name}, {"external_id": name}):
        if found := rows.filter(**condition).first():
            return found
    raise NotThere(f"there is no refund {name!r}; `refunds list` lists them")
