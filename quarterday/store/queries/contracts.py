"""The contracts of one account for its own people: lists, parts and history, by few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from enum import StrEnum

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from quarterday.core.lifecycle import SubscriptionState
from quarterday.store.models import (
    Account,
    ChargeStatus,
    Event,
    InvoiceLine,
    PendingCharge,
    Price,
    Subscription,
    SubscriptionDiscount,
    SubscriptionItem,
)

OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)
_EVENTS = 30


class Shown(StrEnum):
    """Which contracts a list shows."""

    RUNNING = "running"
    OVER = "over"
    ALL = "all"


def count_contracts(account: Account) -> dict[str, int]:
    """How many contracts an account has of each sort."""
    rows = Subscription.objects.filter(account=account)
    over = Q(status__in=OVER)
    found = rows.aggregate(running=Count("id", filter=~over), over=Count("id", filter=over))
    return {**found, "all": found["running"] + found["over"]}


def list_contracts(
    account: Account, shown: Shown, text: str = "", *, offset: int = 0, limit: int
) -> list[Subscription]:
    """Contracts, those that end soonest first and then the newest; found by name or plan."""
    rows = Subscription.objects.filter(account=account).select_related("plan__product")
    if shown is Shown.RUNNING:
        rows = rows.exclude(status__in=OVER)
    elif shown is Shown.OVER:
        rows = rows.filter(status__in=OVER)
    if text:
        # What a service is of, such as a domain, is kept in its data.
        rows = rows.annotate(said=Cast("data", TextField()))
    for word in text.split():
        rows = rows.filter(
            Q(plan__name__icontains=word)
            | Q(plan__product__name__icontains=word)
            | Q(external_id__icontains=word)
            | Q(said__icontains=word)
        )
    return list(rows.order_by("-id")[offset : offset + limit])


def find_contract(account: Account, public_id: str) -> Subscription | None:
    """A contract of the account by its public id."""
    rows = Subscription.objects.filter(account=account, public_id=public_id)
    return rows.select_related("plan__product").first()


def load_parts(subscriptions: Sequence[Subscription]) -> dict[int, list[SubscriptionItem]]:
    """All items of some contracts with their prices, plans, products and meters."""
    rows = SubscriptionItem.objects.filter(subscription__in=subscriptions)
    found: dict[int, list[SubscriptionItem]] = defaultdict(list)
    for item in rows.select_related("price__plan__product", "price__meter").order_by("id"):
        found[item.subscription_id].append(item)
    return found


def load_waiting(subscription: Subscription) -> list[PendingCharge]:
    """What waits for the next invoice of a contract."""
    rows = PendingCharge.objects.filter(account_id=subscription.account_id)
    rows = rows.filter(subscription=subscription, status=ChargeStatus.PENDING)
    return list(rows.order_by("bill_on", "id"))


def load_discounts(subscription: Subscription) -> list[SubscriptionDiscount]:
    """The discounts agreed for a contract."""
    return list(subscription.discounts.select_related("discount").order_by("id"))


def load_events(subscription: Subscription) -> list[Event]:
    """What happened to a contract, the newest first."""
    rows = Event.objects.filter(account_id=subscription.account_id)
    return list(rows.filter(subject=subscription.public_id).order_by("-id")[:_EVENTS])


def load_last_lines(items: Sequence[SubscriptionItem], limit: int = 8) -> list[InvoiceLine]:
    """What was billed last for some items, the newest first, with the invoices."""
    rows = InvoiceLine.objects.filter(item__in=[item.id for item in items])
    return list(rows.select_related("invoice").order_by("-id")[:limit])


def load_labelled(account: Account, labels: Collection[str]) -> dict[str, Price]:
    """Prices by the labels that explanations name them by: product/plan/price."""
    parts = [label.split("/") for label in labels if label.count("/") == 2]
    if not parts:
        return {}
    products, plans, codes = zip(*parts, strict=True)
    rows = Price.objects.filter(
        plan__product__seller=account.seller_id,
        plan__product__code__in=products,
        plan__code__in=plans,
        code__in=codes,
        currency=account.currency,
    )
    found = rows.select_related("plan__product", "meter")
    return {f"{one.plan.product.code}/{one.plan.code}/{one.code}": one for one in found}
