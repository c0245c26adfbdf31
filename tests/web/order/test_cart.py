"""A cart is its visitor's alone, and holds only what is offered, in numbers that make sense."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.catalog.retire_price import retire_price
from quarterday.store.models import Cart, Price
from tests.services.orders.storefront import DAY, NOW, Storefront
from tests.web.order.visitor import Visitor, text_of

pytestmark = pytest.mark.django_db


def test_what_is_chosen_lies_in_the_cart(visitor: Visitor) -> None:
    answer = visitor.add(quantity=2, **{"option.disk": "disk/large", "addon.backup": "100"})
    assert answer.headers["Location"] == f"{visitor.shop}cart/"
    text = text_of(visitor.get("cart/"))
    for said in ("web month", "disk large", "backup month × 100", "Due today 84.59 €"):
        assert said in text


def test_lines_with_and_without_tax_inside_add_up(visitor: Visitor) -> None:
    visitor.add()
    visitor.add("gross/month")
    text = text_of(visitor.get("cart/"))
    order = text[text.index("Your order") :]
    for said in ("9.99 €", "15.00 €", "gross month", "5.00 €", "5.70 €", "Due today 35.69 €"):
        assert said in order
    assert "5.95 €" not in order[: order.index("Due today")]


def test_the_same_again_is_more_of_it(visitor: Visitor) -> None:
    visitor.add()
    visitor.add()
    visitor.add(**{"addon.backup": "1"})
    assert [one["quantity"] for one in visitor.cart.items] == [2, 1]


def test_quantities_change_and_things_go(visitor: Visitor) -> None:
    visitor.add()
    assert visitor.post("cart/items/1/", quantity="3").status_code == 302
    assert visitor.cart.items[0]["quantity"] == 3
    assert visitor.post("cart/items/1/", remove="1").status_code == 302
    assert "Your cart is empty" in text_of(visitor.get("cart/"))


@pytest.mark.parametrize("quantity", ["-1", "0", "4", "1e9", "99999999999999999999", "x", "1.5"])
def test_impossible_quantities_are_refused_kindly(visitor: Visitor, quantity: str) -> None:
    assert visitor.add(quantity=quantity).status_code == 422
    visitor.add()
    answer = visitor.post("cart/items/1/", quantity=quantity)
    assert answer.status_code == 422
    assert visitor.cart.items[0]["quantity"] == 1
    assert "web month" in text_of(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {"plan": "pln_nothing"},
        {"plan": "seats/month"},
        {"option.disk": "backup/month"},
        {"option.disk": "disk/nothing"},
        {"option.colour": "red"},
        {"addon.hidden": "1"},
        {"addon.backup": "-5"},
        {"addon.backup": "1001"},
        {"addon.backup": "1'; DROP TABLE store_cart"},
        {"plan": "x" * 10_000},
    ],
    ids=range(10),
)
def test_what_is_not_offered_is_refused_kindly(visitor: Visitor, fields: dict[str, str]) -> None:
    given = {"plan": "web/month", **fields}
    assert visitor.post("products/web/", **given).status_code == 422
    assert not any(cart.items for cart in Cart.objects.all())


def test_plans_of_other_sellers_and_hidden_ones_are_refused(visitor: Visitor) -> None:
    other = Storefront("other")
    for plan in (other.plans["web/month"], visitor.front.plans["hidden/month"]):
        assert visitor.post("products/web/", plan=plan.public_id).status_code == 422
        assert visitor.get("add", plan=plan.public_id).status_code == 404
    assert not Cart.objects.exists()


def test_a_cart_is_opened_by_its_session_and_not_by_its_id(visitor: Visitor) -> None:
    visitor.add()
    stranger = Visitor(visitor.front)
    assert "Your cart is empty" in text_of(stranger.get("cart/"))
    stranger.post("cart/items/1/", remove="1")
    assert len(visitor.cart.items) == 1
    assert visitor.cart.public_id not in visitor.get("cart/").content.decode()


def test_promotion_codes(visitor: Visitor) -> None:
    visitor.add("seats/month")
    refused = visitor.post("cart/promotion/", code="nothing")
    assert refused.status_code == 422
    assert "We do not know this code" in text_of(refused)
    for code in ("PARTNER", "x" * 300, "\x00"):
        assert visitor.post("cart/promotion/", code=code).status_code == 422
    assert "for other products" in text_of(visitor.post("cart/promotion/", code="FIVER"))
    visitor.post("cart/promotion/", code="spring")
    text = text_of(visitor.get("cart/"))
    assert "SPRING" in text
    assert "Due today 3.17 €" in text
    visitor.post("cart/promotion/", remove="1")
    assert visitor.cart.promotion == ""


def test_tax_follows_the_place(visitor: Visitor) -> None:
    visitor.add("seats/month")
    assert "Due today 3.96 €" in text_of(visitor.get("cart/"))
    visitor.post("cart/place/", country="US", tax_id="")
    assert "Due today 3.33 €" in text_of(visitor.get("cart/"))
    visitor.post("cart/place/", country="FR", tax_id="FR40303265045")
    text = text_of(visitor.get("cart/"))
    assert "Due today 3.33 €" in text
    assert "Reverse charge" in text
    for place in ({"country": "FR", "tax_id": "FR12345"}, {"country": "xx"}, {"country": "<"}):
        assert visitor.post("cart/place/", **place).status_code == 422
    assert visitor.cart.country == "FR"


def test_a_retired_price_is_said_and_can_be_removed(visitor: Visitor) -> None:
    visitor.add()
    visitor.add("seats/month")
    retire_price(price=Price.objects.get(plan=visitor.front.plans["web/month"]), on=DAY, now=NOW)
    answer = visitor.get("cart/")
    assert answer.status_code == 422
    assert "no longer offered" in text_of(answer)
    assert visitor.post("cart/items/1/", remove="1").status_code == 302
    assert "Due today 3.96 €" in text_of(visitor.get("cart/"))


def test_an_expired_cart_is_gone(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.add()
    later = NOW + timedelta(days=15)
    monkeypatch.setenv("QUARTERDAY_NOW", later.isoformat())
    assert "Your cart is empty" in text_of(visitor.get("cart/"))
    assert visitor.post("cart/items/1/", quantity="2").status_code == 302
    assert "has expired" in text_of(visitor.get("cart/"))
    visitor.add()
    assert Cart.objects.count() == 2


def test_a_link_fills_a_cart_only_when_it_is_confirmed(visitor: Visitor) -> None:
    given = {
        "plan": "web/month",
        "quantity": "2",
        "option.disk": "disk/large",
        "addon.backup": "100",
        "promotion": "spring",
    }
    page = visitor.get("add", **given)
    assert "Due today 67.66 €" in text_of(page)
    assert not Cart.objects.exists()
    answer = visitor.post("add", **given)
    assert answer.status_code == 302
    assert (visitor.cart.promotion, len(visitor.cart.items)) == ("SPRING", 1)
    assert "Due today 67.66 €" in text_of(visitor.get("cart/"))


@pytest.mark.parametrize(
    "given", [{}, {"plan": "nothing"}, {"plan": "web/month", "option.disk": "evil"},
              {"plan": "web/month", "addon.backup": "99999"}]
)  # fmt: skip
def test_a_wrong_link_leads_on(visitor: Visitor, given: dict[str, str]) -> None:
    answer = visitor.get("add", **given)
    assert answer.status_code in (200, 404)
    assert "See what is offered" in text_of(answer) or "choose from 0 to" in text_of(answer)
    assert not Cart.objects.exists()


def test_the_cart_needs_the_same_number_of_queries_whatever_it_holds(visitor: Visitor) -> None:
    counts = []
    for path in ("cart/", "check-out/"):
        visitor.client.cookies.clear()
        visitor.add("seats/month")
        visitor.post("cart/promotion/", code="SPRING")
        visitor.get(path)
        with CaptureQueriesContext(connection) as small:
            assert visitor.get(path).status_code == 200
        for plan in ("web/month", "web/year", "trial/month", "gross/month", "late/month"):
            visitor.add(plan, **({"addon.backup": "3"} if plan.startswith("web") else {}))
        with CaptureQueriesContext(connection) as large:
            assert visitor.get(path).status_code == 200
        assert len(small) == len(large)
        counts.append(len(small))
    assert max(counts) < 40
