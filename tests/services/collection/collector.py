"""Collects of a small seller, day after day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from quarterday.ports.outcomes import KeptMethod
from quarterday.services.collection.collect_due import CollectSummary, collect_due
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Account, Brand, Collection, Invoice, PaymentMethod, Seller
from tests.services.collection.scripted_gateway import Bank
from tests.services.till import NOW, Shop


def set_up(shop: Shop, *methods: str, **policy: Any) -> Shop:
    """The seller collects by a policy; its account keeps these methods, the first in use."""
    data: dict[str, Any] = {"gateways": {"scripted": {}}, "collection": policy}
    Brand.objects.create(seller=shop.seller, data=data)
    for one in methods or ("card",):
        keep(shop.account, one)
    return shop


def keep(account: Account, token: str, **terms: Any) -> PaymentMethod:
    """Keep a method, whose token is also what people read."""
    kept = KeptMethod(token, "card", token.title(), **terms)
    return keep_method(account=account, gateway="scripted", kept=kept, now=NOW)


def at(day: date, hour: int = 7) -> datetime:
    """A time of a day."""
    return datetime.combine(day, time(hour), UTC)


def collect(shop: Shop, day: date, hour: int = 7) -> CollectSummary:
    """The run of a day."""
    seller = Seller.objects.select_related("brand").get(id=shop.seller.id)
    return collect_due(seller=seller, today=day, now=at(day, hour))


def charged() -> list[int]:
    """What the gateway has taken, in minor units."""
    return [minor for _, minor in Bank.charges]


def row_of(invoice: Invoice) -> Collection:
    """The collection of an invoice as it is now."""
    return Collection.objects.get(invoice=invoice)


def state(invoice: Invoice) -> tuple[str, str | None]:
    """Its status, and the day on which it is looked at again."""
    row = row_of(invoice)
    return str(row.status), row.next_on.isoformat() if row.next_on else None
