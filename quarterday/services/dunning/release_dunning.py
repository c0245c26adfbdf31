"""End a pause of reminding before its day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.dunning.wake_dunning import wake_account
from quarterday.services.events.record_event import record_event
from quarterday.store.models import DunningHold


def release_dunning(
    *, hold: DunningHold, now: datetime, reason: str = "", actor: str = "system"
) -> DunningHold:
    """The hold, ended; what had come due meanwhile is caught up on, with one message.

    Releasing it again changes nothing.
    """
    with transaction.atomic():
        account, hold = claim_row(hold)
        rows = DunningHold.objects.filter(id=hold.id, ended_at=None)
        if not rows.update(ended_at=now):
            return hold
        hold.ended_at = now
        wake_account(account.id, now=now)
        record_event(
            kind="dunning.released",
            subject=hold.invoice.public_id if hold.invoice else account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"hold": hold.public_id, "cause": hold.cause, "reason": reason[:200]},
        )
    return hold
