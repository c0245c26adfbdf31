"""All units at the price of the tier that the whole quantity reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quarterday.core.pricing.model import Rated, check_quantity, make_rated
from quarterday.core.pricing.parameters import Parameters
from quarterday.core.pricing.tier import Tier, check_tiers


@dataclass(frozen=True, slots=True)
class Volume(Parameters):
    """The tier reached prices everything. Zero costs zero; the last tier has no end.

    >>> tiers = Tier(up_to=Decimal(5), unit_price=Decimal(7)), Tier(unit_price=Decimal("6.50"))
    >>> Volume(tiers).rate(Decimal(6)).amount
    Fraction(39, 1)
    """

    model: ClassVar[str] = "volume"
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        check_tiers(self.tiers)

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The whole quantity in one tier. Raises `BillingError` for one below zero."""
        check_quantity(quantity)
        if not quantity:
            return make_rated([])
        reached = (each for each in self.tiers if each.up_to is None or quantity <= each.up_to)
        return make_rated(next(reached, self.tiers[-1]).steps(quantity))
