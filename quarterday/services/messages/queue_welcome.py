"""Welcome a customer when their first contract starts."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.messages.queue_message import queue_message
from quarterday.services.messages.queue_rules import may_tell
from quarterday.store.models import Account, Message, Subscription


def queue_welcome(*, account: Account, on: date, now: datetime) -> None:
    """Queue a welcome for the first contract of an account, unless it was welcomed before.

    For services that hold the transaction and the account. A contract that began long ago was
    taken over from elsewhere, and its customer is not new.
    """
    if not may_tell(account, "welcome", now=now, on=on):
        return
    if Subscription.objects.filter(account=account)[1:2]:
        return
    if Message.objects.filter(kind="welcome", account=account).exists():
        return
    queue_message(kind="welcome", account=account, subject=account.public_id, now=now, on=on)
