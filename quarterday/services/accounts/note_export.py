"""Write down that everything about an account was handed out."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account


def note_export(*, account: Account, now: datetime, actor: str) -> None:
    """The event, so that an owner can find out who took the data and when."""
    record_event(
        kind="account.exported",
        subject=account.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
    )
