"""The cart, the invoice and its explanation agree to the cent, whatever is ordered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterday.services.carts.price_cart import PricedCart, price_cart
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.orders.place_order import Terms, place_order
from quarterday.store.models import Cart, Invoice, InvoiceLine
from quarterday.store.queries.catalogue import load_catalogue
from tests.services.orders.storefront import BUYER, DAY, NOW, Storefront

pytestmark = pytest.mark.django_db


def price(cart: Cart) -> PricedCart:
    catalogue = load_catalogue(cart.seller, cart.currency, DAY)
    return price_cart(cart=cart, catalogue=catalogue, today=DAY, now=NOW)


def agree(front: Storefront, cart: Cart) -> None:
    """What the cart shows is what is billed: lines, discounts, tax, totals, explanations."""
    shown = price(cart).priced
    terms = Terms(version="1", total_minor=shown.total_minor)
    order = place_order(cart=cart, buyer=BUYER, terms=terms, today=DAY, now=NOW)
    invoices = list(Invoice.objects.filter(account=order.account))
    assert sum(one.total_minor for one in invoices) == shown.total_minor
    assert sum(one.tax_minor for one in invoices) == shown.tax_minor
    lines = InvoiceLine.objects.filter(invoice__in=invoices)
    billed = sorted(
        (one.description, one.gross_minor, one.discount_minor, one.explanation) for one in lines
    )
    assert billed == sorted(
        (one.description, one.gross_minor, one.discount_minor, one.explanation)
        for one in shown.lines
    )


_ITEMS: list[dict[str, Any]] = [
    {"plan": "web/month"},
    {"plan": "web/month", "quantity": 3, "options": {"disk": "disk/large"}},
    {"plan": "web/month", "addons": {"backup": 333}},
    {"plan": "web/year", "addons": {"backup": 7}},
    {"plan": "trial/month", "addons": {"backup": 100}},
    {"plan": "seats/month", "quantity": 7},
    {"plan": "seats/year", "quantity": 3},
    {"plan": "late/month"},
    {"plan": "gross/month"},
]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    items=st.lists(st.sampled_from(_ITEMS), min_size=1, max_size=4),
    promotion=st.sampled_from(["", "SPRING", "NOSETUP"]),
    place=st.sampled_from([("DE", ""), ("FR", "FR40303265045"), ("FR", ""), ("US", "")]),
)
def test_the_cart_is_what_is_billed(
    front: Storefront, items: list[dict[str, Any]], promotion: str, place: tuple[str, str]
) -> None:
    country, tax_id = place
    cart = front.cart(*items, promotion=promotion, country=country, tax_id=tax_id)
    agree(front, cart)


def test_a_cart_adds_up(front: Storefront) -> None:
    cart = front.cart(
        {"plan": "web/month", "options": {"disk": "disk/large"}, "addons": {"backup": 100}},
        promotion="SPRING",
    )
    priced = price(cart).priced
    assert sorted((one.kind, one.gross_minor) for one in priced.lines) == [
        ("recurring", 444),
        ("recurring", 500),
        ("recurring", 999),
        ("setup", 111),
        ("setup", 1500),
    ]
    assert priced.discount_minor == 711
    assert priced.net_minor == 2843
    assert (priced.tax_minor, priced.total_minor) == (540, 3383)
    # Without the fees, and after three months without the promotion.
    assert [one.total_minor for one in priced.coming] == [1849, 1849, 2312]


def test_a_buyer_with_a_tax_number_in_another_member_state_pays_no_tax(front: Storefront) -> None:
    cart = front.cart("web/month", country="FR", tax_id="FR40303265045")
    (tax,) = price(cart).priced.taxes
    assert (tax.category, tax.tax_minor) == ("AE", 0)
    order = place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    evidence = order.account.tax_id_evidence
    assert evidence["valid"]
    assert evidence["number"] == "FR40303265045"


def test_a_trial_is_free_until_it_ends(front: Storefront) -> None:
    priced = price(front.cart("trial/month")).priced
    assert (priced.total_minor, priced.lines) == (0, ())
    first = priced.coming[0]
    assert (first.begins_on.isoformat(), first.total_minor) == ("2026-03-16", 1824)


@pytest.mark.parametrize(
    "items",
    [
        ["web/month"],
        ["trial/month"],
        ["late/month"],
        [{"plan": "web/month", "options": {"disk": "disk/large"}, "addons": {"backup": 9}}],
        ["trial/month", {"plan": "seats/month", "quantity": 7}],
        ["desk/month"],
    ],
)
def test_what_comes_is_what_is_billed_later(front: Storefront, items: list[Any]) -> None:
    plan = publish_plan(
        product=publish_product(seller=front.seller, code="desk", name="Desk", now=NOW),
        code="month",
        name="Desk",
        anchoring="calendar",
        now=NOW,
    )
    model = {"model": "volume", "tiers": [{"up_to": "10", "unit_price": "7"}, {"unit_price": "5"}]}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, commitment="30.00", now=NOW)
    front.plans["desk/month"] = plan
    front.offer("desk")
    cart = front.cart(*items, promotion="SPRING")
    coming = price(cart).priced.coming
    order = place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    last = coming[-1].issue_on
    run_billing(first=DAY + timedelta(days=1), last=last, now=NOW)
    later = Invoice.objects.filter(account=order.account, issued_on__gt=DAY)
    assert [(one.issued_on, one.due_on, one.total_minor) for one in later.order_by("id")] == [
        (one.issue_on, one.due_on, one.total_minor) for one in coming
    ]


def test_looking_writes_nothing(front: Storefront, django_assert_num_queries: Any) -> None:
    cart = front.cart("web/month", {"plan": "seats/month", "quantity": 5}, promotion="SPRING")
    with django_assert_num_queries(10) as seen:
        price(cart)
    assert all(one["sql"].startswith("SELECT") for one in seen.captured_queries)
    many = front.cart(*({**one} for one in _ITEMS), promotion="SPRING")
    with django_assert_num_queries(10):
        price(many)
