"""A quote offers to one account what accepting it then gives; once, and only while it is open."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from quarterday.core.cart import BadCart
from quarterday.core.errors import BillingError
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.retire_price import retire_price
from quarterday.services.errors import Conflict
from quarterday.services.orders.place_order import Terms
from quarterday.services.quotes.accept_quote import accept_quote
from quarterday.services.quotes.close_quote import decline_quote, withdraw_quote
from quarterday.services.quotes.make_quote import make_quote
from quarterday.services.quotes.quote_items import QuoteItem
from quarterday.store.models import (
    Discount,
    Event,
    Invoice,
    Message,
    Order,
    Price,
    Quote,
    Subscription,
)
from tests.services.orders.storefront import DAY, NOW, Storefront

pytestmark = pytest.mark.django_db
LAST = DAY + timedelta(days=30)


def make(front: Storefront, code: str = "Q1", **details: object) -> Quote:
    account = open_account(
        seller=front.seller, name="Example Cinema", country="DE", external_id=code, now=NOW
    )
    add_contact(account_id=account.id, email="office@cinema.example", now=NOW)
    items = [
        QuoteItem(
            front.plans["seats/month"], Decimal(10), [(front.plans["backup/month"], Decimal(30))]
        ),
        QuoteItem(front.plans["hidden/month"]),
    ]
    given = {"items": items, "valid_through": LAST, "today": DAY, "now": NOW, **details}
    return make_quote(account=account, **given)  # type: ignore[arg-type]


def test_accepting_gives_what_was_offered(front: Storefront) -> None:
    discounts = list(Discount.objects.filter(code="PARTNER"))
    quote = make(front, discounts=discounts, intro="As agreed by telephone.")
    assert quote.label == "Q-000001"
    assert [one["net_minor"] for one in quote.lines] == [1665, 75, 50]
    assert (quote.net_minor, quote.tax_minor, quote.total_minor) == (1790, 340, 2130)
    assert Message.objects.get(kind="quote").subject == quote.public_id
    assert not Subscription.objects.exists()
    order = accept_quote(quote=quote, today=DAY, now=NOW, terms=Terms(version="2026-01"))
    assert order.invoice is not None
    assert (order.invoice.net_minor, order.invoice.total_minor) == (1790, 2130)
    assert order.terms_version == "2026-01"
    quote.refresh_from_db()
    assert (quote.status, quote.order) == ("accepted", order)


def test_accepted_twice_it_is_one_order(front: Storefront) -> None:
    quote = make(front)
    first, again = (accept_quote(quote=quote, today=DAY, now=NOW) for _ in range(2))
    assert first == again
    assert (Order.objects.count(), Invoice.objects.count()) == (1, 1)
    with pytest.raises(Conflict, match="was accepted"):
        withdraw_quote(quote=quote, now=NOW)


def test_what_is_no_longer_open_is_not_accepted(front: Storefront) -> None:
    declined, withdrawn, late = (make(front, code) for code in ("a", "b", "c"))
    decline_quote(quote=declined, now=NOW, reason="too much")
    withdraw_quote(quote=withdrawn, now=NOW)
    withdraw_quote(quote=withdrawn, now=NOW)
    assert Event.objects.filter(kind="quote.withdrawn").count() == 1
    for quote in (declined, withdrawn):
        with pytest.raises(Conflict, match="ask for a new one"):
            accept_quote(quote=quote, today=DAY, now=NOW)
    accept_quote(quote=make(front, "d"), today=LAST, now=NOW + timedelta(days=30))
    with pytest.raises(Conflict, match="was good until"):
        accept_quote(quote=late, today=LAST + timedelta(days=1), now=NOW)


def test_it_keeps_its_prices_until_they_are_retired(front: Storefront) -> None:
    quote = make(front)
    plan = front.plans["seats/month"]
    publish_price(
        plan=plan,
        code="dear",
        currency="EUR",
        model={"model": "per_unit", "unit_price": "99"},
        now=NOW,
    )
    old = make(front, "other")
    retire_price(price=Price.objects.get(plan=plan, code="dear"), on=DAY, now=NOW)
    order = accept_quote(quote=quote, today=DAY, now=NOW)
    assert order.invoice is not None
    assert order.invoice.total_minor == quote.total_minor
    with pytest.raises(BadCart, match="was retired"):
        accept_quote(quote=old, today=DAY, now=NOW)
    old.refresh_from_db()
    assert (old.status, Order.objects.count()) == ("open", 1)


def test_bad_quotes_are_not_made(front: Storefront) -> None:
    with pytest.raises(BillingError, match="has passed"):
        make(front, "a", valid_through=DAY - timedelta(days=1))
    with pytest.raises(BillingError, match="something to offer"):
        make(front, "b", items=[])
    other = Storefront("other")
    with pytest.raises(BillingError, match="another seller"):
        make(front, "c", items=[QuoteItem(other.plans["web/month"])])
    with pytest.raises(BillingError, match="above 0"):
        make(front, "d", items=[QuoteItem(front.plans["web/month"], Decimal(-1))])
    with pytest.raises(BillingError, match="a contract of its own"):
        make(front, "e", items=[QuoteItem(front.plans["web/month"], Decimal("1.5"))])
    assert not Quote.objects.exists()


def test_two_of_a_plan_with_one_price_are_two_contracts(front: Storefront) -> None:
    quote = make(front, items=[QuoteItem(front.plans["hidden/month"], Decimal(2))])
    assert quote.net_minor == 200
    assert len(accept_quote(quote=quote, today=DAY, now=NOW).subscriptions) == 2
