"""A promotion code with a maximum number of uses: counted, refused, given back, raced for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from quarterday.core.cart import BadCart
from quarterday.core.errors import BillingError
from quarterday.services.carts.change_cart import change_promotion
from quarterday.services.carts.price_cart import price_cart
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.errors import Conflict
from quarterday.services.orders.cancel_order import cancel_order
from quarterday.services.orders.place_order import Buyer, Terms, place_order
from quarterday.store.models import Account, Discount, Order, PromotionUse
from quarterday.store.queries.catalogue import load_catalogue
from quarterday.store.queries.check import check_books
from tests.services.orders.storefront import BUYER, DAY, NOW, Storefront
from tests.services.till import Shop, together


def limit(front: Storefront, **limits: int | None) -> Discount:
    return publish_discount(
        seller=front.seller, code="SPRING", kind="percentage", value="20", duration="periods",
        periods=3, promotion="all", now=NOW, **limits,
    )  # fmt: skip


def uses() -> tuple[int, int]:
    return Discount.objects.get(code="SPRING").uses, PromotionUse.objects.count()


def test_the_last_use_is_the_last_and_a_cancelled_order_gives_it_back(front: Storefront) -> None:
    limit(front, max_uses=1)
    waiting = front.cart("web/month", promotion="SPRING")
    order = front.order("web/month", promotion="SPRING")
    assert order.data["promotions"] == ["SPRING"] and uses() == (1, 1)
    catalogue = load_catalogue(front.seller, "EUR", DAY)
    priced = price_cart(cart=waiting, catalogue=catalogue, today=DAY, now=NOW)
    assert not priced.discounts and priced.problem is not None
    assert priced.problem.reason == "promotion_used_all"
    with pytest.raises(BadCart, match="not available any more"):
        place_order(cart=waiting, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    with pytest.raises(BadCart, match="not available any more"):
        change_promotion(cart=front.cart("web/month"), code="spring", today=DAY, now=NOW)
    assert Order.objects.count() == 1
    for _ in range(2):
        cancel_order(order=order, today=DAY, now=NOW, reason="not paid")
    assert uses() == (0, 0)
    place_order(cart=waiting, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    assert uses() == (1, 1)


def test_an_account_uses_it_as_often_as_it_may(front: Storefront) -> None:
    limit(front, max_uses_per_account=2)
    front.order("web/month", promotion="SPRING")
    account = Account.objects.get(seller=front.seller)

    def again() -> Order:
        cart = front.cart("web/month", promotion="SPRING", account=account)
        return place_order(cart=cart, terms=Terms(), today=DAY, now=NOW)

    second = again()
    with pytest.raises(BadCart, match="to this account") as refused:
        again()
    assert refused.value.reason == "promotion_used_account"
    front.order("web/month", promotion="SPRING", buyer=Buyer("bo@bakery.example", "Bo"))
    cancel_order(order=second, today=DAY, now=NOW, reason="not paid")
    again()
    assert uses() == (3, 3)


def test_the_limit_follows_what_was_used(front: Storefront) -> None:
    for _ in range(2):
        front.order("web/month", promotion="SPRING")
    with pytest.raises(Conflict, match="more than 1 orders have used SPRING"):
        limit(front, max_uses=1)
    assert limit(front, max_uses=2).max_uses == 2
    with pytest.raises(BadCart, match="not available"):
        front.order("web/month", promotion="SPRING")
    assert limit(front).max_uses is None
    for wrong in ({"max_uses": 0}, {"max_uses_per_account": -1}, {"max_uses": 10**12}):
        with pytest.raises(BillingError, match="must be from 1"):
            limit(front, **wrong)
    with transaction.atomic():
        Discount.objects.filter(code="SPRING").update(uses=9)
        assert [one.rule for one in check_books()] == ["promotion-uses"]
        transaction.set_rollback(True)


def test_of_many_at_once_only_as_many_as_may_use_it(open_shop: Shop) -> None:
    front = Storefront("rush")
    limit(front, max_uses=2)
    carts = [front.cart("web/month", promotion="SPRING") for _ in range(4)]

    def place(cart: Any) -> Any:
        return lambda: place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)

    answers = together(*(place(cart) for cart in carts))
    refused = [one for one in answers if isinstance(one, BillingError)]
    assert len(refused) == 2 and Order.objects.count() == 2 and uses() == (2, 2)
    assert all("not available" in str(one) for one in refused), refused
