"""What sellers allow with credit, and whether an account may add some."""

from __future__ import annotations

from collections.abc import Collection

from quarterday.core.credit_policy import CreditPolicy, read_policy
from quarterday.core.lifecycle import SubscriptionState
from quarterday.store.models import Account, Brand, Product, Subscription

_ACTIVE = (SubscriptionState.ACTIVE, SubscriptionState.TRIALING, SubscriptionState.CANCELLING)
_USUAL = CreditPolicy()


def read_credit_policy(seller_id: int) -> CreditPolicy:
    """What a seller allows; what it does not say is as usual."""
    data = Brand.objects.filter(seller=seller_id).values_list("data", flat=True).first() or {}
    return read_policy(data["credit"]) if "credit" in data else _USUAL


def name_products(seller_id: int, codes: Collection[str]) -> dict[str, str]:
    """The names of products that credit is kept to, by code."""
    rows = Product.objects.filter(seller=seller_id, code__in=codes)
    return dict(rows.values_list("code", "name")) if codes else {}


def has_service(account_id: int) -> bool:
    """Whether an account has a service that is active."""
    return Subscription.objects.filter(account=account_id, status__in=_ACTIVE).exists()


def may_add_credit(account: Account, policy: CreditPolicy | None = None) -> bool:
    """Whether the seller lets this account add credit at all, whatever amount."""
    policy = policy or read_credit_policy(account.seller_id)
    return policy.is_enabled and (not policy.needs_service or has_service(account.id))
