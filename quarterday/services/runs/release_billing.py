"""Release accounts that billing passed over: the next run catches up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.services.runs.claim_accounts import claim_accounts, in_parts
from quarterday.store.models import BillingHold, Seller


def release_billing(
    *,
    seller: Seller,
    account_ids: Sequence[int],
    now: datetime,
    actor: str = "system",
) -> int:
    """Lift the holds of accounts of a seller; how many were lifted.

    Doing it again changes nothing. What was missed is billed by the next run, with that day's
    date (decision 0005). Raises `NotFound` for accounts of others.
    """
    lifted = 0
    for keys in in_parts(account_ids):
        with transaction.atomic():
            accounts = claim_accounts(seller, keys)
            holds = BillingHold.objects.filter(account_id__in=keys)
            for hold in holds:
                record_event(
                    kind="billing.released",
                    subject=accounts[hold.account_id],
                    seller_id=seller.id,
                    account_id=hold.account_id,
                    actor=actor,
                    now=now,
                    data={"held_since": hold.held_at.isoformat(), "reason": hold.reason},
                )
                lifted += 1
            holds.delete()
    return lifted
