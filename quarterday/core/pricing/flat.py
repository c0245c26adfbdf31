"""One price whatever the quantity: a subscription's base fee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quarterday.core.exact import ONE
from quarterday.core.pricing.model import Rated, check_quantity, make_rated, make_step
from quarterday.core.pricing.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Flat(Parameters):
    """``amount`` for a period, in currency units, even for a quantity of zero.

    >>> Flat(Decimal("9.90")).rate(Decimal(0)).amount
    Fraction(99, 10)
    """

    model: ClassVar[str] = "flat"
    amount: Decimal

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The amount. Raises `BillingError` for a quantity below zero."""
        check_quantity(quantity)
        return make_rated([make_step("flat", ONE, self.amount)])
