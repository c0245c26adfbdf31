"""Bill an account anew that billing had left out, since somebody asks for it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.invoicing.summary import RunSummary
from quarterday.store.models import Account


def bill_again(*, account: Account, today: date, now: datetime, actor: str) -> RunSummary:
    """All that is due of one account, billed as the next run would; the log says who asked.

    Where it fails again, the problem stays with its reason. Call it outside of every transaction.
    """
    with transaction.atomic():
        record_event(
            kind="billing.asked",
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"through": today.isoformat()},
        )
    return run_billing(first=today, last=today, now=now, accounts=[account.id])
