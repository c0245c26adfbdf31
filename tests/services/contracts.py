"""A seller of monthly contracts, and what became of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import (
    Account,
    BillingDue,
    Event,
    InvoiceLine,
    PendingCharge,
    Plan,
    Price,
    Seller,
    Subscription,
    SubscriptionItem,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
_numbers = count(1)


class Shop(NamedTuple):
    """A seller without lead, with a monthly plan of 29.95."""

    seller: Seller
    plan: Plan
    price: Price


def make_seller(**details: Any) -> Seller:
    given = {"settings": {"lead_days": 0}, "country": "US", "currency": "USD"} | details
    code = given.pop("code", f"seller-{next(_numbers)}")
    return open_seller(code=code, name="Example Ltd", time_zone="UTC", now=NOW, **given)


def make_plan(seller: Seller, code: str = "web", **details: Any) -> Plan:
    product = publish_product(seller=seller, code=code, name=code.title(), now=NOW)
    return publish_plan(product=product, code="plan", name=f"{code} plan", now=NOW, **details)


def make_price(plan: Plan, amount: str, code: str = "v1", **terms: Any) -> Price:
    model = {"model": "per_unit", "unit_price": amount}
    given = {"model": model, "currency": plan.product.seller.currency} | terms
    return publish_price(plan=plan, code=code, now=NOW, **given)


def make_shop(amount: str = "29.95", **terms: Any) -> Shop:
    seller = make_seller()
    plan = make_plan(seller)
    return Shop(seller, plan, make_price(plan, amount, **terms))


def make_account(seller: Seller, **details: Any) -> Account:
    given = {"name": "Example customer", "country": seller.country} | details
    return open_account(seller=seller, now=NOW, **given)


def start(shop: Shop, start_on: date, **terms: Any) -> Subscription:
    """A subscription of a new account, begun on the day itself."""
    account = terms.pop("account", None) or make_account(shop.seller)
    given = {"plan": shop.plan, "start_on": start_on, "today": start_on} | terms
    return start_subscription(account_id=account.id, now=NOW, **given)


def bill(on: date, last: date | None = None) -> None:
    """Run billing on a day, or on each of several; nothing may be skipped."""
    assert not run_billing(first=on, last=last or on, now=NOW).skipped


def items_of(subscription: Subscription) -> list[SubscriptionItem]:
    return list(SubscriptionItem.objects.filter(subscription=subscription).order_by("id"))


def spans(subscription: Subscription) -> list[tuple[date, date | None, Decimal]]:
    """From when to when each item runs, and its quantity, in the order in which they were made."""
    return [(item.start_on, item.end_on, item.quantity) for item in items_of(subscription)]


def credits_of(subscription: Subscription) -> list[int]:
    """Credits for unused time that count, in the order in which they were made."""
    rows = PendingCharge.objects.filter(subscription=subscription, kind="unused")
    rows = rows.exclude(status="void").order_by("id")
    return list(rows.values_list("amount_minor", flat=True))


def billed(subscription: Subscription) -> list[int]:
    """Net of the recurring lines in the order of their issue."""
    rows = InvoiceLine.objects.filter(subscription_id=subscription.id, kind="recurring")
    return list(rows.order_by("id").values_list("net_minor", flat=True))


def due(subscription: Subscription) -> date | None:
    """When the subscription's account is next to be billed."""
    return BillingDue.objects.get(account_id=subscription.account_id).bill_on


def events(subject: str) -> list[str]:
    return list(Event.objects.filter(subject=subject).order_by("id").values_list("kind", flat=True))
