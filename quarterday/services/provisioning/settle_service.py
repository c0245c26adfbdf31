"""What becomes of a service after it was driven: settled, tried again, or given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from quarterday.ports.provisioner import Failed, Unknown
from quarterday.services.events.record_event import record_event
from quarterday.store.models import ServiceState, ServiceStatus, Subscription

# About a day together; then somebody has to look.
TRIES = 30
_FIRST, _LONGEST = timedelta(seconds=15), timedelta(hours=1)


def settle(row: ServiceState, changes_at: datetime | None) -> None:
    """Nothing is left to ask, until something else is wanted by itself."""
    status = ServiceStatus.SETTLED if changes_at is None else ServiceStatus.DUE
    change_row(row, status=status, next_at=changes_at, claimed_until=None, tries=0, error="")


def put_off(
    row: ServiceState, subscription: Subscription, answer: Failed | Unknown, *, now: datetime
) -> None:
    """Try again, later each time; what would fail again, or has failed too often, is given up.

    What is given up stands in the inbox, and has an event that outgoing webhooks tell.
    """
    tries = row.tries + 1
    retries = isinstance(answer, Unknown) or answer.is_retryable
    changes: dict[str, Any] = {"claimed_until": None, "tries": tries, "error": answer.reason[:500]}
    if retries and tries < TRIES:
        wait = find_wait(row.public_id, tries)
        change_row(row, **changes, status=ServiceStatus.DUE, next_at=now + wait)
        return
    change_row(row, **changes, status=ServiceStatus.FAILED, next_at=None)
    record_event(
        kind="service.failed",
        subject=row.public_id,
        seller_id=subscription.account.seller_id,
        account_id=row.account_id,
        now=now,
        data={
            "subscription": subscription.public_id,
            "wanted": row.wanted,
            "place": row.place,
            "error": answer.reason[:500],
        },
    )


def change_row(row: ServiceState, **changes: Any) -> None:
    """Write some columns of a service, and no others: a claim of a worker must not be undone."""
    ServiceState.objects.filter(id=row.id).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)


def find_wait(public_id: str, tries: int) -> timedelta:
    """How long to wait before the next try: doubled each time, and up to half of that more.

    What is added follows from the id, so that what failed together does not come back together.
    """
    wait = min(_FIRST * int(2 ** (tries - 1)), _LONGEST)
    return wait + wait * (crc32(f"{public_id}:{tries}".encode()) % 1000) / 2000
