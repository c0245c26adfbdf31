"""Somebody who visits a shop with a browser that knows no JavaScript."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from quarterday.store.models import Cart, Order
from tests.services.orders.storefront import Storefront

DETAILS = {
    "email": "ada@bakery.example",
    "name": "Ada Example",
    "company": "Example Bakery",
    "country": "DE",
    "line1": "Example Street 1",
    "postcode": "00001",
    "city": "Sampleton",
    "terms": "on",
}


class Visitor:
    """A stranger in the shop of the tests."""

    def __init__(self, front: Storefront | None = None) -> None:
        self.front = front or Storefront()
        self.shop = f"/order/{self.front.seller.code}/"
        self.client = Client()

    def get(self, path: str = "", **data: Any) -> Any:
        return self.client.get(self.shop + path, data or None)

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(self.shop + path, data)

    def add(self, plan: str = "web/month", **fields: Any) -> Any:
        """Choose a plan on its product's page."""
        given = {"plan": self.front.plans[plan].public_id, **fields}
        return self.client.post(f"{self.shop}products/{plan.partition('/')[0]}/", given)

    def check_out(self, **changes: Any) -> Any:
        """Send the form as it was shown, with the total that it showed."""
        page = self.get("check-out/").content.decode()
        total = re.search(r'name="total" value="(\d+)"', page)
        assert total
        return self.post("check-out/", **{**DETAILS, "total": total[1], **changes})

    @property
    def cart(self) -> Cart:
        """The cart that was made last."""
        return Cart.objects.latest("id")

    @property
    def order(self) -> Order:
        """The order that was placed last."""
        return Order.objects.latest("id")


def text_of(answer: Any) -> str:
    """What a page says, without its markup."""
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", plain)
