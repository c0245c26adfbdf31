"""Lists of things for people to look at, newest first, each with a fixed number of queries."""

from __future__ import annotations

from quarterday.store.models import (
    Account,
    BillingProblem,
    ChargeStatus,
    Contact,
    CreditGrant,
    Payment,
    PendingCharge,
    Seller,
    Subscription,
    SubscriptionItem,
)


def list_accounts(
    *, seller: Seller | None = None, status: str | None = None, limit: int = 0
) -> list[Account]:
    """Accounts, in the order in which they were opened; 0 is no limit, here and below."""
    rows = Account.objects.select_related("seller").order_by("id")
    if seller is not None:
        rows = rows.filter(seller=seller)
    if status is not None:
        rows = rows.filter(status=status)
    return list(rows[:limit] if limit else rows)


def list_subscriptions(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    status: str | None = None,
    limit: int = 0,
) -> list[Subscription]:
    """Subscriptions, in the order in which they were made."""
    rows = Subscription.objects.select_related("account__seller", "plan__product").order_by("id")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    if status is not None:
        rows = rows.filter(status=status)
    return list(rows[:limit] if limit else rows)


def list_items(subscription: Subscription) -> list[SubscriptionItem]:
    """All items that a subscription has or had, in the order in which they were made."""
    return list(subscription.items.select_related("price__plan__product").order_by("id"))


def list_charges(subscription: Subscription) -> list[PendingCharge]:
    """What waits for the next invoice of a subscription."""
    rows = PendingCharge.objects.filter(account_id=subscription.account_id)
    rows = rows.filter(subscription=subscription, status=ChargeStatus.PENDING)
    return list(rows.order_by("id"))


def list_contacts(account: Account) -> list[Contact]:
    """Who gets an account's messages."""
    return list(account.contacts.order_by("id"))


def list_payments(
    *, account: Account | None = None, seller: Seller | None = None, limit: int = 0
) -> list[Payment]:
    """Payments, the newest first."""
    rows = Payment.objects.select_related("account__seller").order_by("-id")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    return list(rows[:limit] if limit else rows)


def list_grants(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    open_only: bool = False,
    limit: int = 0,
) -> list[CreditGrant]:
    """Credit grants, the newest first."""
    rows = CreditGrant.objects.select_related("account__seller").order_by("-id")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    if open_only:
        rows = rows.filter(open_minor__gt=0)
    return list(rows[:limit] if limit else rows)


def find_problem(account: Account) -> BillingProblem | None:
    """Why the last billing run could not bill an account; None when it could."""
    return BillingProblem.objects.filter(account=account).first()
