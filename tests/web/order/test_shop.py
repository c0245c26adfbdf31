"""Strangers see what is offered, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import Cart, Seller
from tests.services.orders.storefront import NOW, Storefront
from tests.web.order.visitor import Visitor, text_of

pytestmark = pytest.mark.django_db


def test_the_shop_shows_its_offers(visitor: Visitor) -> None:
    text = text_of(visitor.get())
    for said in ("Hosting", "Web", "from 9.99 € every month", "14 days free", "tax included"):
        assert said in text
    assert "Hidden" not in text
    assert "Backup" not in text


def test_a_product_shows_cadences_options_and_totals(visitor: Visitor) -> None:
    text = text_of(visitor.get("products/web/"))
    assert "99.90 € every year Save 17 %" in text
    assert "Setup once: 15.00 €" in text
    assert "disk large" in text
    assert "0.05 €" in text
    # 9.99 and 15.00 with 19 % of tax.
    assert "Due today 29.74 €" in text
    assert "2 April 2026 11.89 €" in text


def test_without_javascript_the_total_follows_the_choice(visitor: Visitor) -> None:
    given = {"plan": "web/month", "option.disk": "disk/large", "addon.backup": "100", "quantity": 2}
    text = text_of(visitor.get("products/web/", **given))
    assert "Due today 84.59 €" in text


def test_a_trial_is_told_in_words(visitor: Visitor) -> None:
    text = text_of(visitor.get("products/trial/"))
    assert "14 days free, then 12.00 € every month from 16 March 2026" in text
    assert "Due today 0.00 €" in text


def test_another_currency_shows_what_has_a_price_in_it(visitor: Visitor) -> None:
    model = {"model": "flat", "amount": "11.00"}
    plan = visitor.front.plans["web/month"]
    publish_price(plan=plan, code="usd", currency="USD", model=model, now=NOW)
    assert visitor.post("cart/currency/", currency="USD").status_code == 302
    text = text_of(visitor.get())
    assert "11.00 $" in text
    assert "Seats" not in text
    visitor.add()
    assert visitor.cart.currency == "USD"
    assert visitor.post("cart/currency/", currency="KWD").status_code == 302
    assert visitor.cart.currency == "USD"


def test_there_is_no_other_shop_on_the_host_of_a_seller(visitor: Visitor) -> None:
    other = Storefront("other")
    change_brand(seller=other.seller, domain="testserver", now=NOW)
    assert visitor.get().status_code == 404
    assert visitor.client.get("/order/other/").status_code == 200
    assert visitor.client.get("/order/").headers["Location"] == "/order/other/"


def test_several_shops_are_there_to_choose_from(visitor: Visitor) -> None:
    Storefront("other")
    assert text_of(visitor.client.get("/order/")).count("Example Hosting GmbH") == 2
    assert visitor.client.get("/order/nobody/").status_code == 404
    assert visitor.get("products/hidden/").status_code == 404


def test_looking_around_makes_no_cart_and_no_cookie(visitor: Visitor) -> None:
    for path in ("", "products/web/", "cart/", "add?plan=web/month"):
        answer = visitor.client.get(visitor.shop + path)
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
    assert not Cart.objects.exists()


def _grow(seller: Seller, front: Storefront) -> None:
    for number in range(30):
        product = publish_product(seller=seller, code=f"p{number}", name=f"P {number}", now=NOW)
        front.plans[f"p{number}/m"] = type(front.plans["web/month"]).objects.create(
            product=product, code="m", name="M"
        )
        model = {"model": "flat", "amount": "1.00"}
        publish_price(
            plan=front.plans[f"p{number}/m"], code="v1", currency="EUR", model=model, now=NOW
        )
        front.offer(f"p{number}", addons=["backup"])


@pytest.mark.parametrize("path", ["", "products/web/"])
def test_pages_need_the_same_number_of_queries_whatever_is_offered(
    visitor: Visitor, path: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    visitor.get(path)
    with CaptureQueriesContext(connection) as small:
        visitor.get(path)
    _grow(visitor.front.seller, visitor.front)
    with django_assert_num_queries(len(small)):
        visitor.get(path)
    assert len(small) < 20
