"""A seller with shelves of plans and add-ons, and a customer who has services of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.services.usage.record_usage import record_usage
from quarterday.services.usage.usage_input import UsageInput
from quarterday.store.models import Account, Offer, Plan, ProductGroup, Subscription
from tests.services.till import NOW, Shop

START = date(2026, 3, 1)


class Shelves:
    """Two products of one shelf, an add-on, an option of two sizes, seats, and what is metered."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.web, self.server = self._product("web", "Web space"), self._product("srv", "Server")
        self.start = self.plan(self.web, "start", "Web Start", "10.00")
        self.pro = self.plan(self.web, "pro", "Web Pro", "31.00")
        self.year = self.plan(self.web, "year", "Web Pro, yearly", "310.00", cadence="1 year")
        self.large = self.plan(self.server, "large", "Server Large", "62.00")
        self.secret = self.plan(self._product("vip", "Secret"), "vip", "Secret plan", "1.00")
        self.backup = self.plan(self._product("backup", "Backup"), "b", "Daily backup", "3.10")
        memory = self._product("memory", "Memory")
        self.small = self.plan(memory, "8", "8 GB memory", "1.00")
        self.big = self.plan(memory, "16", "16 GB memory", "2.00")
        seat = {"model": "per_unit", "unit_price": "4.00"}
        self.seats = self.plan(self._product("desk", "Desk"), "seat", "Desk seats", seat)
        self.boxes = self.plan(self._product("mail", "Mail"), "box", "Mailboxes", seat)
        group = self._group("hosting")
        options = [{"code": "m", "name": "Memory", "choices": ["", "memory/8", "memory/16"]}]
        self._offer(self.web, group, addons=["backup", "mail"], options=options)
        self._offer(self.server, group)
        self._offer(self.secret.product, group, is_public=False)
        self._offer(self.boxes.product, group, is_public=False, max_quantity=20)
        self._offer(self.seats.product, self._group("desk"), max_quantity=9)
        self.meter = publish_meter(
            seller=shop.seller, code="traffic", name="Traffic", aggregation="sum", now=NOW
        )

    def _product(self, code: str, name: str) -> Any:
        return publish_product(seller=self.shop.seller, code=code, name=name, now=NOW)

    def _group(self, code: str) -> ProductGroup:
        return ProductGroup.objects.create(seller=self.shop.seller, code=code, name=code.title())

    def _offer(self, product: Any, group: ProductGroup, **terms: Any) -> Offer:
        return Offer.objects.create(product=product, group=group, **terms)

    def plan(self, product: Any, code: str, name: str, price: Any, **terms: Any) -> Plan:
        model = price if isinstance(price, dict) else {"model": "flat", "amount": price}
        plan = publish_plan(product=product, code=code, name=name, now=NOW, **terms)
        publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
        return plan

    def measure(self, plan: Plan, free: str = "10") -> None:
        """Let a plan charge 0.50 for each GB beyond some."""
        publish_price(
            plan=plan,
            code="traffic",
            currency="EUR",
            model={"model": "per_unit", "unit_price": "0.50"},
            meter=self.meter,
            free_units=free,
            unit_code="E34",
            now=NOW,
        )

    def use(self, subscription: Subscription, day: int, value: str) -> None:
        """Record what was used on a day of March."""
        event = UsageInput(
            meter="traffic",
            event_id=f"{subscription.id}-{day}-{value}",
            at=datetime(2026, 3, day, 11, tzinfo=UTC),
            value=value,
            subscription=subscription.public_id,
        )
        assert record_usage(seller=self.shop.seller, events=[event], now=NOW, strict=True).recorded

    def sell(self, plan: Plan, account: Account | None = None, **terms: Any) -> Subscription:
        """A service from the first of March, billed that day."""
        owner = account or self.shop.account
        given = {"start_on": START, "today": START} | terms
        made = start_subscription(account_id=owner.id, plan=plan, now=NOW, **given)
        self.shop.bill(START)
        return made


def quantity(number: int) -> dict[str, Decimal]:
    return {"quantity": Decimal(number)}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    form = page.partition('name="seen"')[0].rpartition("<form")[2] + 'name="seen"'
    rest = page.partition('name="seen"')[2][:60]
    found = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', form + rest))
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    return {name: unescape(value) for name, value in found.items()} | {"seen": seen[1]}
