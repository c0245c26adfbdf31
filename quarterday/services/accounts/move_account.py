"""Open to closed and back, won by one."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, AccountStatus


def move_account(
    account: Account, old: AccountStatus, new: AccountStatus, *, now: datetime, actor: str
) -> None:
    """Move a claimed account from one status to another, with the event."""
    rows = Account.objects.filter(id=account.id, status=old)
    if rows.update(status=new) != 1:
        raise Conflict(f"account {account} is no longer {old}; look again and repeat")
    account.status = new
    record_event(
        kind="account.closed" if new == AccountStatus.CLOSED else "account.reopened",
        subject=account.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
    )
