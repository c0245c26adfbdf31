"""What nobody came back for is tidied up by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from quarterday.ports.job import list_jobs
from quarterday.store.models import Cart, Order
from tests.services.orders.storefront import Storefront

pytestmark = pytest.mark.django_db


def test_carts_expire_and_unpaid_orders_are_cancelled(
    clock: Callable[[timedelta], datetime],
) -> None:
    front = Storefront()
    order, cart = front.order("web/month"), front.cart("web/month")
    expire, cancel = (list_jobs()[name] for name in ("expire_carts", "cancel_unpaid_orders"))
    clock(timedelta(days=13))
    assert (expire.run(), cancel.run()) == ({}, {})
    clock(timedelta(days=15))
    assert (expire.run(), cancel.run()) == ({"expired": 1}, {"cancelled": 1})
    assert (expire.run(), cancel.run()) == ({}, {})
    assert Cart.objects.get(id=cart.id).status == "expired"
    assert Order.objects.get(id=order.id).status == "cancelled"
