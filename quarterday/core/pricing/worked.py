"""Worked examples of a price: quantities that show its shape, and what each costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.exact import ONE, to_fraction
from quarterday.core.money import to_minor
from quarterday.core.pricing.model import PricingModel
from quarterday.core.pricing.price import Price, rate_price

_USUAL = tuple(Decimal(one) for one in (0, 1, 2, 5, 10, 25, 100))
_AMOUNTS = tuple(Decimal(one) for one in (0, 1, 10, 100, 1000, 10_000))
_MOST = 14


class Worked(NamedTuple):
    """What a quantity costs in a whole period, in minor units, and for each of it on average."""

    quantity: Decimal
    minor: int
    each_minor: int | None


def sample_quantities(
    model: PricingModel, free_units: Decimal = Decimal(0), most: int | None = _MOST
) -> Sequence[Decimal]:
    """Quantities that show where a price changes: the usual ones, and both sides of each bound.

    They are the ``most`` smallest of them, or all.

    >>> from quarterday.core.pricing import parse_model
    >>> tiers = [{"up_to": "3", "unit_price": "5"}, {"unit_price": "4"}]
    >>> volume = parse_model({"model": "volume", "tiers": tiers})
    >>> [str(one) for one in sample_quantities(volume)]
    ['0', '1', '2', '3', '4', '5', '10', '25', '100']
    """
    found = set(_AMOUNTS if model.model == "percentage" else _USUAL)
    bounds: Iterable[Decimal | None] = (tier.up_to for tier in getattr(model, "tiers", ()))
    size = getattr(model, "size", None)
    for bound in (*bounds, size, free_units or None):
        if bound is not None:
            found |= {bound + free_units, bound + free_units + ONE}
    return sorted(found)[:most]


def work_example(price: Price, quantities: Iterable[Decimal]) -> list[Worked]:
    """What quantities cost in a whole period, rounded as a line of an invoice is.

    >>> from quarterday.core.money import currency
    >>> from quarterday.core.pricing import parse_model
    >>> packs = parse_model({"model": "package", "size": "10", "price": "3"})
    >>> [
    ...     one.minor
    ...     for one in work_example(Price(currency("EUR"), packs), [Decimal(5), Decimal(11)])
    ... ]
    [300, 600]
    """
    found = []
    for quantity in quantities:
        rated = rate_price(price, quantity)
        each = to_minor(rated.amount / to_fraction(quantity), price.currency) if quantity else None
        found.append(Worked(quantity, to_minor(rated.amount, price.currency), each))
    return found
