"""Keep where invoices stand, and the steps that were taken, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from quarterday.store.models import Dunning, DunningStatus, DunningStep
from quarterday.store.queries.dunning_cases import Case
from quarterday.store.queries.raw import execute_many

_ALIVE = (DunningStatus.RUNNING, DunningStatus.PAUSED)


class Standing(NamedTuple):
    """Where an invoice stands from now on, when it is looked at again, and why."""

    case: Case
    status: DunningStatus
    next_at: datetime | None
    reason: str


def save_standings(
    standings: Sequence[Standing], steps: Sequence[DunningStep], *, now: datetime
) -> None:
    """For services that hold the transaction and the accounts. What was settled meanwhile by a
    step of its own stays ended.
    """
    DunningStep.objects.bulk_create(steps, batch_size=500)
    new = [_begin(one, now) for one in standings if one.case.row is None]
    Dunning.objects.bulk_create(new, batch_size=500)
    known = [one.case.row.id for one in standings if one.case.row is not None]
    settled = set(
        Dunning.objects.filter(id__in=known, invoice__open_minor=0).values_list("id", flat=True)
    )
    changed = [
        row for one in standings if (row := _change(one, now)) is not None and row.id not in settled
    ]
    at = connection.ops.adapt_datetimefield_value
    execute_many(
        "UPDATE store_dunning SET status = %s, next_at = %s, reason = %s, resumed_at = %s, "
        "ended_at = %s, version = version + 1 WHERE id = %s",
        [
            (
                str(row.status),
                at(row.next_at) if row.next_at else None,
                row.reason,
                at(row.resumed_at) if row.resumed_at else None,
                at(row.ended_at) if row.ended_at else None,
                row.id,
            )
            for row in changed
        ],
    )


def end_others(accounts: Sequence[int], looked_at: Sequence[int], *, now: datetime) -> None:
    """What is due to be looked at and is nothing to remind of: settled, or from before the day
    since which the seller reminds.
    """
    rows = Dunning.objects.filter(
        account__in=list(accounts), status__in=_ALIVE, next_at__lte=now
    ).exclude(invoice__in=list(looked_at))
    rows.update(
        status=DunningStatus.ENDED,
        next_at=None,
        ended_at=now,
        reason="there is nothing to remind of",
    )


def _begin(one: Standing, now: datetime) -> Dunning:
    invoice = one.case.invoice
    return Dunning(
        invoice=invoice,
        account_id=invoice.account_id,
        status=one.status,
        next_at=one.next_at,
        reason=one.reason[:200],
        started_at=now,
        ended_at=now if one.status == DunningStatus.ENDED else None,
    )


def _change(one: Standing, now: datetime) -> Dunning | None:
    """The row with what has changed about it; None where nothing has."""
    row, reason = one.case.row, one.reason[:200]
    if row is None:
        return None
    if (row.status, row.next_at, row.reason) == (one.status, one.next_at, reason):
        return None
    if row.status == DunningStatus.PAUSED and one.status != DunningStatus.PAUSED:
        row.resumed_at = now
    if (row.status == DunningStatus.ENDED) != (one.status == DunningStatus.ENDED):
        row.ended_at = now if one.status == DunningStatus.ENDED else None
    row.status, row.next_at, row.reason = one.status, one.next_at, reason
    return row
