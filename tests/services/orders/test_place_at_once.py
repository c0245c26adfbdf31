"""Two browsers, or one impatient hand, press the button at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from quarterday.services.orders.place_order import Terms, place_order
from quarterday.store.models import Account, Invoice, Order
from tests.services.orders.storefront import BUYER, DAY, NOW, Storefront
from tests.services.till import Shop


def test_submitted_by_many_at_once_it_is_one_order(open_shop: Shop) -> None:
    front = Storefront("busy")
    cart, barrier = front.cart("web/month", {"plan": "seats/month", "quantity": 3}), Barrier(4)

    def place(_: int) -> str:
        barrier.wait()
        try:
            order = place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
            return order.public_id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(place, range(4)))) == 1
    assert (Order.objects.count(), Invoice.objects.count()) == (1, 1)
    assert Account.objects.filter(seller=front.seller).count() == 1
