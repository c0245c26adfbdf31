"""What recurs, as an amount of a month, whatever the cadence.

A year has twelve months and 365.25 days, so a month has 30.4375 days. What recurs every three
months counts a third each month; what recurs every seven days counts 30.4375 / 7 times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from quarterday.core.discount import Discount, DiscountableLine, Duration, apply_discounts
from quarterday.core.money import Currency, round_half_up, to_minor
from quarterday.core.period import Cadence
from quarterday.core.pricing.price import Price, rate_price

DAYS_OF_MONTH = Fraction(36525, 1200)
_NOTHING = Decimal(0)


class RecurringPart(NamedTuple):
    """A part of a contract that runs: minor units in each of its periods, before discounts."""

    period_minor: int
    cadence: Cadence
    product: str
    quantity: Decimal


def months_of(cadence: Cadence) -> Fraction:
    """How many months a cadence lasts.

    >>> months_of(Cadence.parse("quarter")), months_of(Cadence.parse("7 days"))
    (Fraction(3, 1), Fraction(112, 487))
    """
    return Fraction(cadence.months) or Fraction(cadence.fixed_days) / DAYS_OF_MONTH


def monthly_minor(period_minor: int, cadence: Cadence) -> int:
    """Minor units of a period as those of a month, rounded once.

    >>> monthly_minor(12000, Cadence.parse("year")), monthly_minor(700, Cadence.parse("week"))
    (1000, 3044)
    """
    return round_half_up(Fraction(period_minor) / months_of(cadence))


def price_of_period(price: Price, quantity: Decimal, is_usage: bool) -> int:
    """What a price charges in each whole period, in minor units, rounded as a line is.

    Usage counts by its base only: what is charged when nothing is used, such as a minimum.

    >>> from quarterday.core.money import currency
    >>> from quarterday.core.pricing import parse_model
    >>> seats = Price(currency("EUR"), parse_model({"model": "per_unit", "unit_price": "4"}))
    >>> price_of_period(seats, Decimal(3), False), price_of_period(seats, Decimal(3), True)
    (1200, 0)
    """
    return to_minor(rate_price(price, _NOTHING if is_usage else quantity).amount, price.currency)


def monthly_of_contract(
    parts: Sequence[RecurringPart], discounts: Iterable[Discount], unit: Currency
) -> list[int]:
    """Each part of a contract as minor units of a month, with what its discounts take off.

    A discount for a single period is no part of what recurs, and takes nothing off.

    >>> from quarterday.core.discount import DiscountKind
    >>> from quarterday.core.money import currency
    >>> yearly = RecurringPart(12000, Cadence.parse("year"), "web", Decimal(1))
    >>> tenth = Discount("TENTH", DiscountKind.PERCENTAGE, Decimal(10))
    >>> monthly_of_contract([yearly], [tenth], currency("EUR"))
    [900]
    """
    nets = periods_of_contract(parts, discounts, unit)
    return [monthly_minor(net, part.cadence) for net, part in zip(nets, parts, strict=True)]


def periods_of_contract(
    parts: Sequence[RecurringPart], discounts: Iterable[Discount], unit: Currency
) -> Sequence[int]:
    """What each part of a contract charges in its period, less its lasting discounts.

    >>> from quarterday.core.discount import DiscountKind
    >>> from quarterday.core.money import currency
    >>> web = RecurringPart(1000, Cadence.parse("month"), "web", Decimal(1))
    >>> two = Discount("TWO", DiscountKind.FIXED, Decimal(2), duration=Duration.ONCE)
    >>> periods_of_contract([web], [two], currency("EUR"))
    (1000,)
    """
    lasting = [one for one in discounts if one.duration is not Duration.ONCE]
    lines = [
        DiscountableLine(part.period_minor, part.product, quantity=part.quantity) for part in parts
    ]
    return apply_discounts(lines, lasting, unit).nets
