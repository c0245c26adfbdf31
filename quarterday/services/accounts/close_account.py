"""Close an account that has no running contract."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import SubscriptionState
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.accounts.move_account import move_account
from quarterday.store.models import Account, AccountStatus, Subscription

_OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)


def close_account(*, account_id: int, now: datetime, actor: str = "system") -> Account:
    """Close an account: it gets no new contracts. What it still owes is billed and collected.

    Closing a closed one changes nothing. Raises `NotFound`, and `BillingError` while it has
    subscriptions that are not over.
    """
    with transaction.atomic():
        account = claim_account(account_id)
        if account.status == AccountStatus.CLOSED:
            return account
        running = Subscription.objects.filter(account=account).exclude(status__in=_OVER).count()
        if running:
            raise BillingError(
                f"account {account} has {running} running subscription(s); cancel them first"
            )
        move_account(account, AccountStatus.OPEN, AccountStatus.CLOSED, now=now, actor=actor)
    return account
