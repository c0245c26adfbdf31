"""Fill a database with accounts to bill: a base item, an add-on, and 20 % VAT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from quarterday.store.bulk import insert_rows, reserve_ids, to_column
from quarterday.store.fields import make_public_id
from quarterday.store.models import (
    Account,
    BillingDue,
    NumberSeries,
    Plan,
    Price,
    Product,
    Seller,
    Snapshot,
    Subscription,
    SubscriptionItem,
    TaxRate,
)

_CHUNK = 5000
_ACCOUNT = (
    "id public_id seller_id external_id name currency language country region address tax_id "
    "tax_id_evidence tax_exempt_reason status settings data snapshot_id"
)
_SUBSCRIPTION = (
    "id public_id account_id plan_id external_id status start_on cancel_reason anchor_on "
    "anchor_day settings data"
)
_ITEM = (
    "subscription_id account_id price_id role quantity start_on billed_through anchor_on "
    "anchor_day cadence_count cadence_unit"
)


def make_accounts(
    count: int,
    *,
    start_on: date,
    currency: str = "GBP",
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Add a seller with ``count`` accounts, each with two items due on ``start_on``; its key."""
    with transaction.atomic():
        seller, plans, prices = _make_catalog(currency)
    for first in range(0, count, _CHUNK):
        size = min(_CHUNK, count - first)
        with transaction.atomic():
            _insert_chunk(seller, plans[0], prices, start_on, first, size)
        progress(size)
    return seller.id


def _make_catalog(currency: str) -> tuple[Seller, list[Plan], list[Price]]:
    """One seller, 20 % VAT, a base plan at 10.00 and an add-on at 2.50."""
    code = make_public_id("bench")[-12:]
    snapshot = Snapshot.objects.create(digest=code, data={"name": "Example Bench Ltd"})
    seller = Seller.objects.create(
        code=code,
        name="Example Bench Ltd",
        country="GB",
        time_zone="Europe/London",
        currency=currency,
        settings={"lead_days": 0},
        snapshot=snapshot,
    )
    NumberSeries.objects.create(seller=seller, code="invoice", prefix="INV-")
    NumberSeries.objects.create(seller=seller, code="credit_note", prefix="CN-")
    TaxRate.objects.create(
        seller=seller, code="vat20", name="VAT", percent=Decimal(20), country="GB"
    )
    plans, prices = [], []
    for name, amount in (("Base", "10.00"), ("Add-on", "2.50")):
        product = Product.objects.create(seller=seller, code=name.lower(), name=name)
        plan = Plan.objects.create(product=product, code="monthly", name=f"{name}, monthly")
        plans.append(plan)
        model = {"model": "flat", "amount": amount}
        prices.append(Price.objects.create(plan=plan, code="v1", currency=currency, model=model))
    return seller, plans, prices


def _insert_chunk(
    seller: Seller, plan: Plan, prices: list[Price], start_on: date, first: int, size: int
) -> None:
    day = to_column(start_on)
    accounts, subscriptions = reserve_ids(Account, size), reserve_ids(Subscription, size)

    def account_rows() -> Iterator[tuple[Any, ...]]:
        for index, key in enumerate(accounts, first):
            name = f"Example customer {index}"
            yield (
                key, make_public_id("acc"), seller.id, f"B{index}", name, seller.currency, "en",
                "GB", "", "{}", "", "{}", "", "open", "{}", "{}", seller.snapshot_id,
            )  # fmt: skip

    def subscription_rows() -> Iterator[tuple[Any, ...]]:
        for account, key in zip(accounts, subscriptions, strict=True):
            yield (
                key, make_public_id("sub"), account, plan.id, None, "active", day, "", day,
                start_on.day, "{}", "{}",
            )  # fmt: skip

    def item_rows() -> Iterator[tuple[Any, ...]]:
        for account, key in zip(accounts, subscriptions, strict=True):
            for price, role in zip(prices, ("base", "addon"), strict=True):
                yield (
                    key, account, price.id, role, "1", day, day, day, start_on.day, 1, "month",
                )  # fmt: skip

    insert_rows(Account, _ACCOUNT.split(), list(account_rows()))
    insert_rows(BillingDue, ["account_id", "bill_on"], [(key, day) for key in accounts])
    insert_rows(Subscription, _SUBSCRIPTION.split(), list(subscription_rows()))
    insert_rows(SubscriptionItem, _ITEM.split(), list(item_rows()))
