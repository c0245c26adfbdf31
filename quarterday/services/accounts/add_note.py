"""Write down what staff should remember about a customer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Account, AccountNote


def add_note(
    *, account: Account, text: str, now: datetime, is_pinned: bool = False, actor: str = "system"
) -> AccountNote:
    """The note; one that is pinned stands at the head of the account. Customers never see it.

    Raises `BillingError` for an empty text or more than 4,000 characters.
    """
    # Lines are kept; only what cannot be printed is refused.
    lines = [check_text(line, "text", 4000) if line.strip() else "" for line in text.splitlines()]
    said = "\n".join(lines).strip()
    check_text(said.replace("\n", " "), "text", 4000)
    with transaction.atomic():
        account = claim_account(account.id)
        note = AccountNote.objects.create(
            account=account, text=said, at=now, is_pinned=is_pinned, actor=actor
        )
        record_event(
            kind="note.added",
            subject=note.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
        )
    return note
