"""See the portal as a customer does, written down at both ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from quarterday.core.access import StaffPermission
from quarterday.services.events.record_event import record_event
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Account, User

LASTS = timedelta(minutes=30)


def begin_acting(*, account: Account, user: User, role: str, now: datetime) -> datetime:
    """Until when a member of staff may act as an account; the log says who does, and since when.

    Raises `Forbidden` for a role that may not change customers.
    """
    check_staff(role, StaffPermission.CHANGE_CUSTOMERS)
    until = now + LASTS
    _record("staff.acting_began", account, user, now, {"until": until.isoformat()})
    return until


def end_acting(*, account: Account, user: User, now: datetime) -> None:
    """Write down that it is over."""
    _record("staff.acting_ended", account, user, now, {})


def _record(kind: str, account: Account, user: User, now: datetime, data: dict[str, str]) -> None:
    with transaction.atomic():
        record_event(
            kind=kind,
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=user.public_id,
            now=now,
            data=data,
        )
