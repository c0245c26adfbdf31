"""What every pricing model answers: a quantity rated exactly, step by step.

Amounts are currency units: exact decimals go in, fractions come out, and nothing is rounded
here, because a line is rounded once, when all that concerns it is known (billing rule 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from quarterday.core.errors import BillingError
from quarterday.core.exact import EXACT, ONE, to_fraction


class Step(NamedTuple):
    """One step of a rating: ``quantity`` times ``unit_price`` is ``amount``.

    Only the steps that adjust a whole line, ``minimum`` and ``factor``, say their effect alone.
    """

    label: str
    quantity: Decimal
    unit_price: Decimal
    amount: Fraction


class Rated(NamedTuple):
    """An exact amount in currency units, and the steps that sum to it."""

    amount: Fraction
    steps: tuple[Step, ...]


class PricingModel(Protocol):
    """A frozen value that rates quantities; ``model`` is the name that stored data know it by."""

    model: ClassVar[str]

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The cost of a quantity; ``values`` are its single events, oldest first, if known."""

    def to_data(self) -> dict[str, Any]:
        """Itself as plain data for JSON, with decimals as text and ``model`` as its name."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The model that `to_data` described. Raises `BillingError` for anything amiss."""


def make_step(label: str, quantity: Decimal, unit_price: Decimal) -> Step:
    """The step of a quantity at a unit price.

    >>> make_step("units", Decimal("2.5"), Decimal("0.10")).amount
    Fraction(1, 4)
    """
    if quantity == ONE:
        return Step(label, quantity, unit_price, to_fraction(unit_price))
    return Step(label, quantity, unit_price, to_fraction(quantity) * to_fraction(unit_price))


def make_rated(steps: Sequence[Step]) -> Rated:
    """The sum of steps.

    >>> make_rated([make_step("units", Decimal(2), Decimal("0.50"))] * 3).amount
    Fraction(3, 1)
    """
    if len(steps) == 1:
        return Rated(steps[0].amount, tuple(steps))
    return Rated(sum((step.amount for step in steps), Fraction(0)), tuple(steps))


def check_quantity(quantity: Decimal) -> None:
    """Raise `BillingError` for a quantity below zero, or one that is no finite number.

    >>> check_quantity(Decimal(-1))
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: a quantity of -1 cannot be billed; correct the usage, \
or credit the line
    """
    if not quantity.is_finite() or quantity < 0:
        raise BillingError(
            f"a quantity of {quantity} cannot be billed; correct the usage, or credit the line"
        )


def percent_of_one(percent: Decimal) -> Decimal:
    """A percentage as the decimal to multiply by.

    >>> percent_of_one(Decimal("2.99"))
    Decimal('0.0299')
    """
    return percent.scaleb(-2, EXACT)


def count_started(quantity: Decimal, size: Decimal) -> Decimal:
    """How many blocks of a size a quantity begins.

    >>> count_started(Decimal("10.1"), Decimal(10)), count_started(Decimal(10), Decimal(10))
    (Decimal('2'), Decimal('1'))
    """
    return Decimal(-(-to_fraction(quantity) // to_fraction(size)))
