"""What belongs to one seller, account or currency cannot be used for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.payments.allocate_payment import allocate_payment
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.grant_discount import grant_discount
from quarterday.services.subscriptions.remove_addon import remove_addon
from quarterday.services.usage.record_usage import record_usage
from quarterday.services.usage.usage_input import UsageInput
from quarterday.store.models import Account, Discount, Invoice, Meter, Price, Subscription
from quarterday.store.queries.check import check_books
from tests.services.contracts import (
    NOW,
    Shop,
    bill,
    items_of,
    make_account,
    make_plan,
    make_price,
    make_seller,
    start,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 1)
AT = datetime(2026, 1, 5, tzinfo=UTC)


class Side(NamedTuple):
    """A seller with one account, its contract, add-on, invoice, discount and meter."""

    shop: Shop
    account: Account
    subscription: Subscription
    addon: Price
    discount: Discount
    meter: Meter
    traffic: Price
    invoice: Invoice


def make_side(currency: str = "USD") -> Side:
    seller = make_seller(currency=currency)
    publish_tax_rate(seller=seller, code="none", name="None", percent=0, country="US", now=NOW)
    plan = make_plan(seller)
    shop = Shop(seller, plan, make_price(plan, "29.95"))
    account = make_account(seller, external_id="A")
    subscription = start(shop, DAY, account=account, external_id="S")
    addon = make_price(make_plan(seller, "backup"), "5")
    add_addon(subscription_id=subscription.id, price=addon, on=DAY, today=DAY, now=NOW)
    discount = publish_discount(
        seller=seller, code="TEN", kind="fixed", value=10, currency=currency, now=NOW
    )
    meter = publish_meter(seller=seller, code="gb", name="Gigabytes", now=NOW)
    traffic = make_price(make_plan(seller, "traffic"), "0.1", meter=meter)
    add_addon(subscription_id=subscription.id, price=traffic, on=DAY, today=DAY, now=NOW)
    bill(DAY)
    invoice = Invoice.objects.get(account=account)
    return Side(shop, account, subscription, addon, discount, meter, traffic, invoice)


def pay(account: Account, minor: int = 1000, **more: Any) -> Any:
    return record_payment(
        account=account, amount_minor=minor, method="bank", today=DAY, now=NOW, **more
    )


def measure(mine: Side, **given: str) -> None:
    event = UsageInput(
        **{"meter": "gb", "event_id": "e", "at": AT, "value": 1, "account": "A", **given}
    )
    record_usage(seller=mine.shop.seller, events=[event], now=NOW, strict=True)


def on_discount(mine: Side, other: Side) -> None:
    grant_discount(
        subscription_id=mine.subscription.id, discount=other.discount, start_on=DAY, now=NOW
    )


def settle_with_foreign_credit(mine: Side, other: Side) -> None:
    grant_credit(
        account=other.account, kind="goodwill", amount_minor=100, today=DAY, now=NOW, reason="x"
    )
    with transaction.atomic():
        use_credit(mine.invoice, open_grants(other.account.id), 100, on=DAY, now=NOW)


ATTACKS: dict[str, Callable[[Side, Side], object]] = {
    "plan": lambda mine, other: start(mine.shop, DAY, plan=other.shop.plan),
    "price": lambda mine, other: start(mine.shop, DAY, prices=[other.shop.price]),
    "discount": lambda mine, other: start(mine.shop, DAY, discounts=[other.discount]),
    "granted discount": on_discount,
    "changed plan": lambda mine, other: change_plan(
        subscription_id=mine.subscription.id, plan=other.shop.plan, on=DAY, today=DAY, now=NOW
    ),
    "changed price": lambda mine, other: change_plan(
        subscription_id=mine.subscription.id,
        plan=mine.shop.plan,
        prices=[other.shop.price],
        on=DAY,
        today=DAY,
        now=NOW,
    ),
    "add-on": lambda mine, other: add_addon(
        subscription_id=mine.subscription.id, price=other.addon, on=DAY, today=DAY, now=NOW
    ),
    "item of another": lambda mine, other: change_quantity(
        subscription_id=mine.subscription.id,
        item_id=items_of(other.subscription)[0].id,
        quantity=Decimal(2),
        on=DAY,
        today=DAY,
        now=NOW,
    ),
    "add-on of another": lambda mine, other: remove_addon(
        subscription_id=mine.subscription.id,
        item_id=items_of(other.subscription)[1].id,
        on=DAY,
        today=DAY,
        now=NOW,
    ),
    "product": lambda mine, other: add_charge(
        account_id=mine.account.id,
        product=other.shop.plan.product,
        description="Visit",
        amount_minor=100,
        today=DAY,
        now=NOW,
    ),
    "subscription of another": lambda mine, other: add_charge(
        account_id=mine.account.id,
        product=mine.shop.plan.product,
        subscription_id=other.subscription.id,
        description="Visit",
        amount_minor=100,
        today=DAY,
        now=NOW,
    ),
    "meter": lambda mine, other: make_price(mine.shop.plan, "1", "v2", meter=other.meter),
    "paid invoice": lambda mine, other: pay(mine.account, invoices=[other.invoice]),
    "allocated invoice": lambda mine, other: allocate_payment(
        payment=pay(mine.account, 10_000), invoices=[other.invoice], today=DAY, now=NOW
    ),
    "currency of a payment": lambda mine, other: pay(mine.account, currency="EUR"),
    "credited line": lambda mine, other: credit_invoice(
        invoice=mine.invoice, lines={99: None}, reason="x", today=DAY, now=NOW
    ),
    "foreign credit": settle_with_foreign_credit,
    "measured account": lambda mine, other: measure(mine, account=other.account.public_id),
    "measured subscription": lambda mine, other: measure(
        mine, subscription=other.subscription.public_id, account=""
    ),
    "measured subscription of an account": lambda mine, other: measure(
        mine, subscription=other.subscription.public_id
    ),
    "corrected event": lambda mine, other: [
        measure(other, event_id="theirs"),
        measure(mine, corrects="theirs"),
    ],
}


@pytest.fixture
def sides() -> Iterator[tuple[Side, Side]]:
    """Two sellers alike; whatever is tried, their books are right at the end."""
    yield make_side(), make_side()
    assert not list(check_books())


@pytest.mark.parametrize("attack", ATTACKS)
def test_things_of_another_seller_are_refused(sides: tuple[Side, Side], attack: str) -> None:
    with pytest.raises(BillingError):
        ATTACKS[attack](*sides)


@pytest.mark.parametrize(
    "attack",
    [
        "item of another",
        "add-on of another",
        "subscription of another",
        "paid invoice",
        "allocated invoice",
        "foreign credit",
        "measured subscription of an account",
    ],
)
def test_things_of_another_account_of_the_same_seller_are_refused(attack: str) -> None:
    mine = make_side()
    account = make_account(mine.shop.seller, external_id="B")
    subscription = start(mine.shop, DAY, account=account, external_id="T")
    for price in (mine.addon, mine.traffic):
        add_addon(subscription_id=subscription.id, price=price, on=DAY, today=DAY, now=NOW)
    bill(DAY)
    invoice = Invoice.objects.get(account=account)
    other = mine._replace(account=account, subscription=subscription, invoice=invoice)
    with pytest.raises(BillingError):
        ATTACKS[attack](mine, other)
    assert not list(check_books())


def test_prices_and_discounts_of_another_currency_are_refused() -> None:
    mine = make_side()
    account = make_account(mine.shop.seller, currency="EUR", external_id="E")
    with pytest.raises(BillingError, match="has no price in EUR"):
        start(mine.shop, DAY, account=account)
    with pytest.raises(BillingError, match="price v1 is in USD"):
        start(mine.shop, DAY, account=account, prices=[mine.shop.price])
    make_price(mine.shop.plan, "1", "v1", currency="EUR")
    with pytest.raises(BillingError, match="discount TEN is in USD"):
        start(mine.shop, DAY, account=account, discounts=[mine.discount])
