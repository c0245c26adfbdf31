"""What a discount takes off each line, before tax and never more than is left (billing rule 5).

Discounts work on whole groups of lines and are spread over them by largest remainder, so one that
is limited to products cannot leak into others, and the order of lines does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import Currency, allocate, round_half_up, to_minor

_WHOLE = Fraction(1)


class DiscountKind(StrEnum):
    """What ``value`` means: percent, currency units off, a unit price, or nothing (free setup)."""

    PERCENTAGE = "percentage"
    FIXED = "fixed"
    PRICE_OVERRIDE = "price_override"
    FREE_SETUP = "free_setup"


class Duration(StrEnum):
    """How often a discount applies: once, for a number of periods, or for ever."""

    ONCE = "once"
    PERIODS = "periods"
    FOREVER = "forever"


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount. ``products`` limits it, None means all; the lowest ``priority`` goes first.

    Raises `BillingError` for a percentage above 100, a negative value, or a missing count.

    >>> Discount("WELCOME", DiscountKind.PERCENTAGE, Decimal(120))
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: discount WELCOME: 120 % is not between 0 and 100
    """

    code: str
    kind: DiscountKind
    value: Decimal = Decimal(0)
    products: frozenset[str] | None = None
    duration: Duration = Duration.FOREVER
    periods: int = 0
    priority: int = 0

    def __post_init__(self) -> None:
        if self.value < 0:
            raise BillingError(f"discount {self.code}: {self.value} is negative")
        if self.kind is DiscountKind.PERCENTAGE and self.value > 100:
            raise BillingError(f"discount {self.code}: {self.value} % is not between 0 and 100")
        if self.duration is Duration.PERIODS and self.periods < 1:
            raise BillingError(f"discount {self.code}: say for how many periods, at least 1")


class DiscountableLine(NamedTuple):
    """A rounded line. ``factor`` is the part of a period that it bills, 1 for a whole one."""

    amount_minor: int
    product: str
    is_setup: bool = False
    quantity: Decimal = Decimal(1)
    factor: Fraction = _WHOLE


class AppliedDiscount(NamedTuple):
    """What a discount took off, in positive minor units."""

    code: str
    amount_minor: int


class DiscountResult(NamedTuple):
    """For each line in its order: what was taken off, and what is left of it."""

    applied: tuple[tuple[AppliedDiscount, ...], ...]
    nets: tuple[int, ...]

    def taken_minor(self, code: str) -> int:
        """What one discount took off all lines; what a fixed one did not use is its rest."""
        return sum(one.amount_minor for line in self.applied for one in line if one.code == code)


def still_applies(discount: Discount, used: int) -> bool:
    """Whether a discount that was applied in ``used`` periods applies once more.

    >>> still_applies(Discount("A", DiscountKind.FIXED, Decimal(5), duration=Duration.ONCE), 1)
    False
    """
    if discount.duration is Duration.FOREVER:
        return True
    return used < (1 if discount.duration is Duration.ONCE else discount.periods)


def aims_at(discount: Discount, product: str, is_setup: bool) -> bool:
    """Whether a discount is for charges of a product, setup fees or others.

    >>> aims_at(Discount("A", DiscountKind.FREE_SETUP), "web", is_setup=False)
    False
    """
    return (discount.products is None or product in discount.products) and _SETUP.get(
        discount.kind, is_setup
    ) is is_setup


_SETUP = {DiscountKind.FREE_SETUP: True, DiscountKind.PRICE_OVERRIDE: False}


def apply_discounts(
    lines: Sequence[DiscountableLine], discounts: Iterable[Discount], currency: Currency
) -> DiscountResult:
    """Take discounts off lines, in order of priority, then code; each works on what is left.

    Lines of zero or less keep their amount. A percentage is rounded once on the sum of the lines
    it applies to. A fixed discount is spread over them; one that recurs is per period, so a line
    that bills part of a period gets that part. A price override replaces the unit price of lines
    that are no setup, and never raises it. Percentages and fixed discounts include setup fees.
    Raises `BillingError` for a line whose factor is not above 0.

    >>> from quarterday.core.money import currency as unit
    >>> lines = [DiscountableLine(1000, "web"), DiscountableLine(500, "mail")]
    >>> tenth = Discount("TENTH", DiscountKind.PERCENTAGE, Decimal(10))
    >>> three = Discount("THREE", DiscountKind.FIXED, Decimal(3), priority=1)
    >>> apply_discounts(lines, [three, tenth], unit("EUR")).nets
    (700, 350)
    """
    if any(line.factor <= 0 for line in lines):
        raise BillingError("a line to discount must bill more than no part of its period")
    left = [line.amount_minor for line in lines]
    applied: list[list[AppliedDiscount]] = [[] for _ in lines]
    for discount in sorted(discounts, key=lambda one: (one.priority, one.code)):
        places = _eligible(lines, left, discount)
        amounts = _amounts(
            [lines[i] for i in places], [left[i] for i in places], discount, currency
        )
        for place, amount in zip(places, amounts, strict=True):
            if amount:
                left[place] -= amount
                applied[place].append(AppliedDiscount(discount.code, amount))
    return DiscountResult(tuple(tuple(line) for line in applied), tuple(left))


def _eligible(
    lines: Sequence[DiscountableLine], left: Sequence[int], discount: Discount
) -> list[int]:
    """The places of lines to discount, in an order of their own so that remainders fall alike."""
    places = [
        place
        for place, line in enumerate(lines)
        if left[place] > 0 and aims_at(discount, line.product, line.is_setup)
    ]
    return sorted(places, key=lambda i: (-left[i], lines[i].product, *lines[i][2:], i))


def _amounts(
    lines: Sequence[DiscountableLine],
    left: Sequence[int],
    discount: Discount,
    currency: Currency,
) -> Sequence[int]:
    """What a discount takes off each of its lines."""
    if discount.kind is DiscountKind.FREE_SETUP:
        return left
    value = Fraction(discount.value)
    if discount.kind is DiscountKind.PRICE_OVERRIDE:
        return [
            max(0, rest - to_minor(value * Fraction(line.quantity) * line.factor, currency))
            for line, rest in zip(lines, left, strict=True)
        ]
    whole = sum(left)
    if not whole:
        return left
    if discount.kind is DiscountKind.PERCENTAGE:
        return allocate(round_half_up(value * whole / 100), left)
    if discount.duration is not Duration.ONCE:
        full = [Fraction(rest) / line.factor for line, rest in zip(lines, left, strict=True)]
        value *= whole / sum(full, Fraction(0))
    return allocate(min(whole, to_minor(value, currency)), left)
