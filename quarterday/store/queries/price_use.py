"""How much a price, a discount or a tax rate is in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from quarterday.core.period import Cadence, Unit
from quarterday.store.models import (
    Discount,
    ItemRole,
    Price,
    Seller,
    SubscriptionDiscount,
    SubscriptionItem,
    TaxRate,
)


class QuantityUse(NamedTuple):
    """How many items have a price at a quantity and cadence."""

    quantity: Decimal
    cadence: Cadence
    items: int


class DiscountUse(NamedTuple):
    """How many contracts have a discount, and for how many periods they used it so far."""

    contracts: int
    periods: int


def _open_items() -> QuerySet[SubscriptionItem]:
    return SubscriptionItem.objects.filter(end_on__isnull=True).exclude(role=ItemRole.COMMITMENT)


def count_contracts(prices: QuerySet[Price]) -> dict[int, int]:
    """How many contracts have each of some prices without an end; one that has it twice, twice."""
    rows = _open_items().filter(price__in=prices).values_list("price_id")
    return dict(rows.annotate(Count("id")))


def list_quantities(price: Price) -> list[QuantityUse]:
    """The quantities at which a price is charged, each with how many items have it."""
    rows = _open_items().filter(price=price).order_by("quantity")
    found = rows.values_list("quantity", "cadence_count", "cadence_unit").annotate(Count("id"))
    return [
        QuantityUse(quantity, Cadence(count, Unit(unit)), items)
        for quantity, count, unit, items in found
    ]


def count_discounts(discounts: Sequence[Discount]) -> dict[int, DiscountUse]:
    """How each of some discounts is used."""
    rows = SubscriptionDiscount.objects.filter(discount__in=discounts).values_list("discount_id")
    found = rows.annotate(Count("id"), Sum("used"))
    return {key: DiscountUse(contracts, used or 0) for key, contracts, used in found}


def count_taxed(seller: Seller, country: str, region: str, tax_class: str) -> int:
    """How many contracts without an end bear a tax class at a place."""
    place = Q(subscription__account__country=country)
    if region:
        place &= Q(subscription__account__region=region)
    rows = _open_items().filter(
        place,
        subscription__account__seller=seller,
        price__plan__product__tax_class=tax_class,
    )
    return rows.values("subscription_id").distinct().count()


def list_rates(seller: Seller, on: date | None = None) -> list[TaxRate]:
    """The tax rates of a seller by place, class and day; those of a day where one is given."""
    rows = TaxRate.objects.filter(seller=seller)
    if on is not None:
        rows = rows.filter(Q(valid_end__isnull=True) | Q(valid_end__gt=on), valid_from__lte=on)
    return list(rows.order_by("country", "region", "tax_class", "level", "code", "valid_from"))
