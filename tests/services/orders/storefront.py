"""A seller with a public catalogue: options, add-ons, trials, setup fees, promotions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from quarterday.services.carts.add_item import add_item
from quarterday.services.carts.make_cart import make_cart
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_group import publish_group
from quarterday.services.catalog.publish_offer import publish_offer
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.orders.place_order import Buyer, Terms, place_order
from quarterday.services.sellers.change_brand import change_brand
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Cart, Offer, Order, Plan, ProductGroup, Seller

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)
BUYER = Buyer(
    email="Ada@bakery.example",
    name="Ada Example",
    company="Example Bakery",
    address={"line1": "Example Street 1", "city": "Sampleton"},
)

# Plan, cadence, model, terms of the price, trial days.
PLANS: tuple[tuple[str, str, dict[str, Any], dict[str, Any], int], ...] = (
    ("web/month", "1 month", {"model": "flat", "amount": "9.99"}, {"setup_fee": "15.00"}, 0),
    ("web/year", "1 year", {"model": "flat", "amount": "99.90"}, {}, 0),
    ("trial/month", "1 month", {"model": "flat", "amount": "12.00"}, {"setup_fee": "3.33"}, 14),
    ("seats/month", "1 month", {"model": "per_unit", "unit_price": "3.33"}, {}, 0),
    ("seats/year", "1 year", {"model": "per_unit", "unit_price": "33.30"}, {}, 0),
    ("late/month", "1 month", {"model": "flat", "amount": "7.00"}, {"timing": "arrears"}, 0),
    ("gross/month", "1 month", {"model": "flat", "amount": "5.95"}, {"tax_inclusive": True}, 0),
    ("disk/small", "1 month", {"model": "flat", "amount": "0"}, {}, 0),
    ("disk/large", "1 month", {"model": "flat", "amount": "4.44"}, {"setup_fee": "1.11"}, 0),
    ("disk/large-year", "1 year", {"model": "flat", "amount": "40.00"}, {}, 0),
    ("backup/month", "1 month", {"model": "per_unit", "unit_price": "0.05"}, {}, 0),
    ("hidden/month", "1 month", {"model": "flat", "amount": "1.00"}, {}, 0),
)
DISK = {
    "code": "disk",
    "name": "Disk",
    "choices": ["disk/small", "disk/large", "disk/large-year"],
}


class Storefront:
    """A German seller of web space, and what strangers do there."""

    def __init__(self, code: str = "front", **settings: Any) -> None:
        self.seller: Seller = open_seller(
            code=code,
            name="Example Hosting GmbH",
            country="DE",
            time_zone="Europe/Berlin",
            currency="EUR",
            settings={"lead_days": 0, **settings},
            now=NOW,
        )
        change_brand(
            seller=self.seller,
            now=NOW,
            data={"terms_url": "https://hosting.example/terms", "terms_version": "2026-01"},
        )
        publish_tax_rate(
            seller=self.seller, code="vat19", name="VAT", percent=19, country="DE", now=NOW
        )
        self.plans: dict[str, Plan] = {}
        for name, cadence, model, terms, trial_days in PLANS:
            product, _, plan = name.partition("/")
            self.plans[name] = publish_plan(
                product=publish_product(
                    seller=self.seller, code=product, name=product.title(), now=NOW
                ),
                code=plan,
                name=f"{product} {plan}",
                cadence=cadence,
                trial_days=trial_days,
                now=NOW,
            )
            publish_price(
                plan=self.plans[name], code="v1", currency="EUR", model=model, now=NOW, **terms
            )
        self.group: ProductGroup = publish_group(
            seller=self.seller, code="hosting", name="Hosting", now=NOW
        )
        self.offer("web", options=[DISK], addons=["backup"], max_quantity=3)
        self.offer("trial", addons=["backup"])
        self.offer("seats", max_quantity=50, activation="on_order", on_invoice=True)
        self.offer("late", activation="on_order", on_invoice=True)
        self.offer("gross")
        self.offer("backup", is_public=False, max_quantity=1000)
        for details in (
            {"code": "SPRING", "kind": "percentage", "value": "20", "duration": "periods",
             "periods": 3, "promotion": "all"},
            {"code": "NOSETUP", "kind": "free_setup", "promotion": "new"},
            {"code": "FIVER", "kind": "fixed", "value": "5.00", "products": ["web"],
             "promotion": "all"},
            {"code": "PARTNER", "kind": "percentage", "value": "50"},
        ):  # fmt: skip
            publish_discount(seller=self.seller, now=NOW, **details)  # type: ignore[arg-type]

    def offer(self, product: str, **details: Any) -> Offer:
        """Publish an offer of a product."""
        plan = next(row for name, row in self.plans.items() if name.startswith(f"{product}/"))
        return publish_offer(product=plan.product, group=self.group, now=NOW, **details)

    def cart(self, *items: dict[str, Any] | str, **details: Any) -> Cart:
        """A cart with plans, each named or given with quantity, options and add-ons."""
        cart = make_cart(seller=self.seller, now=NOW, country=details.pop("country", "DE"))
        Cart.objects.filter(id=cart.id).update(**details)
        for item in items:
            given = {"plan": item} if isinstance(item, str) else item
            cart = add_item(cart=cart, today=DAY, now=NOW, **given)
        return Cart.objects.get(id=cart.id)

    def order(self, *items: dict[str, Any] | str, **details: Any) -> Order:
        """An order of a stranger."""
        buyer = details.pop("buyer", BUYER)
        terms = details.pop("terms", Terms(version="2026-01"))
        now, today = details.pop("now", NOW), details.pop("today", DAY)
        cart = self.cart(*items, **details)
        return place_order(cart=cart, buyer=buyer, terms=terms, today=today, now=now)
