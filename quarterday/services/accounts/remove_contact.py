"""Remove a contact of an account; it gets no more messages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.check_reached import check_reached
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Contact


def remove_contact(
    *, account_id: int, public_id: str, now: datetime, actor: str = "system"
) -> bool:
    """Remove a contact; whether there was one, so that removing it again changes nothing.

    Raises `NotFound` for the account, and `NobodyReached` when those who are left would not get
    something necessary; without any contact, the account's members are told.
    """
    with transaction.atomic():
        account = claim_account(account_id)
        removed, _ = Contact.objects.filter(account=account, public_id=public_id).delete()
        if not removed:
            return False
        check_reached(account)
        record_event(
            kind="contact.removed",
            subject=public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
        )
    return True
