"""What a discount would take off a sample: the first invoice of a plan, and a later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.discount import (
    Discount,
    DiscountableLine,
    DiscountKind,
    Duration,
    apply_discounts,
)
from quarterday.core.money import Currency, currency, to_minor
from quarterday.core.recurring import price_of_period
from quarterday.services.invoicing.catalog import make_terms
from quarterday.store.models import Price


class SampleInvoice(NamedTuple):
    """The net of an invoice in minor units, without and with the discount."""

    label: str
    before_minor: int
    after_minor: int


def foresee_discount(
    prices: Sequence[Price], quantity: Decimal, given: Mapping[str, Any]
) -> list[SampleInvoice]:
    """A sample of the prices of one plan in one currency, for whole periods.

    ``given`` has kind, value, duration, periods and products. Raises `BillingError` for terms
    that are no discount.
    """
    products = given.get("products")
    discount = Discount(
        "sample",
        DiscountKind(given["kind"]),
        Decimal(given["value"]),
        None if products is None else frozenset(products),
        Duration(given["duration"]),
        int(given["periods"]),
    )
    unit = currency(prices[0].currency)
    lasting = [
        DiscountableLine(
            price_of_period(make_terms(one).price, quantity, False),
            one.plan.product.code,
            quantity=quantity,
        )
        for one in prices
    ]
    setup = [
        DiscountableLine(to_minor(one.setup_fee, unit), one.plan.product.code, is_setup=True)
        for one in prices
        if one.setup_fee
    ]
    last = {Duration.ONCE: 1, Duration.PERIODS: discount.periods}.get(discount.duration)
    found = [_make("The first", [*lasting, *setup], discount, unit)]
    if last is None:
        return [*found, _make("Each later one", lasting, discount, unit)]
    if last > 1:
        found.append(_make(f"Until {last} periods are used", lasting, discount, unit))
    later = sum(line.amount_minor for line in lasting)
    return [*found, SampleInvoice("Afterwards", later, later)]


def _make(
    label: str, lines: Sequence[DiscountableLine], discount: Discount, unit: Currency
) -> SampleInvoice:
    before = sum(line.amount_minor for line in lines)
    return SampleInvoice(label, before, sum(apply_discounts(lines, [discount], unit).nets))
