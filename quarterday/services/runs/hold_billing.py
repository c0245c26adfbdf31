"""Hold accounts: billing passes them over, until a day or until they are released."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.runs.claim_accounts import claim_accounts, in_parts
from quarterday.store.models import BillingHold, Seller


def hold_billing(
    *,
    seller: Seller,
    account_ids: Sequence[int],
    reason: str,
    today: date,
    now: datetime,
    until: date | None = None,
    actor: str = "system",
) -> int:
    """Hold accounts of a seller through ``until``, or until released; how many this changed.

    What falls due meanwhile waits, and is caught up on by the first run after the hold. Holding
    again sets day and reason anew; the same again changes nothing. Each transaction holds some
    hundred accounts, so a call that died can simply be made again. Raises `NotFound` for accounts
    of others, and `BillingError` for bad input.
    """
    said = check_text(reason, "reason")
    if until is not None and until < today:
        raise BillingError(f"until {until} has passed; choose {today} or a later day")
    changed = 0
    for keys in in_parts(account_ids):
        with transaction.atomic():
            accounts = claim_accounts(seller, keys)
            terms = {"until": until, "reason": said}
            same = BillingHold.objects.filter(account_id__in=keys, **terms)
            for key in accounts.keys() - set(same.values_list("account_id", flat=True)):
                BillingHold.objects.update_or_create(
                    account_id=key, defaults=terms | {"held_at": now, "actor": actor}
                )
                record_event(
                    kind="billing.held",
                    subject=accounts[key],
                    seller_id=seller.id,
                    account_id=key,
                    actor=actor,
                    now=now,
                    data={"until": until and until.isoformat(), "reason": said},
                )
                changed += 1
    return changed
