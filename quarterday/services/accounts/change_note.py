"""Pin a note to the head of an account, or remove it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, AccountNote


def pin_note(
    *, note: AccountNote, is_pinned: bool, now: datetime, actor: str = "system"
) -> AccountNote:
    """Pin a note, or let it go; what is so already changes nothing."""
    with transaction.atomic():
        account, note = claim_row(note)
        if note.is_pinned != is_pinned and note.removed_at is None:
            note.is_pinned = is_pinned
            note.save(update_fields=["is_pinned"])
            _record(account, note, "note.pinned" if is_pinned else "note.unpinned", now, actor)
    return note


def remove_note(*, note: AccountNote, now: datetime, actor: str = "system") -> AccountNote:
    """Show a note no more; the log keeps who removed it. Doing it again changes nothing."""
    with transaction.atomic():
        account, note = claim_row(note)
        if note.removed_at is None:
            note.removed_at, note.is_pinned = now, False
            note.save(update_fields=["removed_at", "is_pinned"])
            _record(account, note, "note.removed", now, actor)
    return note


def _record(account: Account, note: AccountNote, kind: str, now: datetime, actor: str) -> None:
    record_event(
        kind=kind,
        subject=note.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
    )
