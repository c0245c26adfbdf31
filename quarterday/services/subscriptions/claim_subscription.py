"""Take a subscription and its account for the rest of the transaction."""

from __future__ import annotations

from typing import NamedTuple

from quarterday.core.lifecycle import IllegalMove, SubscriptionState
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import NotFound
from quarterday.store.models import Account, Subscription

# The states in which what is billed can be changed.
CHANGEABLE = (SubscriptionState.PENDING, SubscriptionState.TRIALING, SubscriptionState.ACTIVE)


class Claimed(NamedTuple):
    """An account that is claimed, and one of its subscriptions."""

    account: Account
    subscription: Subscription


def claim_subscription(subscription_id: int, account_id: int | None = None) -> Claimed:
    """Claim the account of a subscription, which never changes, so that who knows it may say it;
    both as they are then. Raises `NotFound`.
    """
    rows = Subscription.objects.filter(id=subscription_id)
    if account_id is None:
        account_id = rows.values_list("account_id", flat=True).first()
    if account_id is None:
        raise NotFound(f"there is no subscription with the key {subscription_id}")
    account = claim_account(account_id)
    subscription = rows.select_related("plan__product").get()
    subscription.account = account
    return Claimed(account, subscription)


def claim_to_change(subscription_id: int) -> Claimed:
    """The same for a change of what is billed; raises `IllegalMove` unless it runs."""
    claimed = claim_subscription(subscription_id)
    status = claimed.subscription.status
    if status not in CHANGEABLE:
        remedy = {"cancelling": "undo its cancellation first", "paused": "resume it first"}
        raise IllegalMove(
            f"a {status} subscription cannot be changed; {remedy.get(status, 'start a new one')}"
        )
    return claimed
