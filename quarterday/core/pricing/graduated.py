"""Every unit at the price of the tier it falls into: the more, the cheaper the further ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quarterday.core.exact import EXACT, ZERO
from quarterday.core.pricing.model import Rated, Step, check_quantity, make_rated
from quarterday.core.pricing.parameters import Parameters
from quarterday.core.pricing.tier import Tier, check_tiers


@dataclass(frozen=True, slots=True)
class Graduated(Parameters):
    """The sum of the tiers reached. Zero costs zero; what passes the last bound stays in it.

    >>> tiers = Tier(up_to=Decimal(5), unit_price=Decimal(7)), Tier(unit_price=Decimal("6.50"))
    >>> Graduated(tiers).rate(Decimal(6)).amount
    Fraction(83, 2)
    """

    model: ClassVar[str] = "graduated"
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        check_tiers(self.tiers)

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The cost tier by tier. Raises `BillingError` for a quantity below zero."""
        check_quantity(quantity)
        steps: list[Step] = []
        lower = ZERO
        for tier in self.tiers:
            if quantity <= lower:
                break
            bound = None if tier is self.tiers[-1] else tier.up_to
            upper = quantity if bound is None else min(quantity, bound)
            steps += tier.steps(EXACT.subtract(upper, lower))
            lower = upper
        return make_rated(steps)
