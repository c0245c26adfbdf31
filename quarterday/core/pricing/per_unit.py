"""The same price for every unit: seats, gigabytes, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quarterday.core.pricing.model import Rated, check_quantity, make_rated, make_step
from quarterday.core.pricing.parameters import Parameters


@dataclass(frozen=True, slots=True)
class PerUnit(Parameters):
    """``unit_price`` for each unit, in currency units; parts of units cost their part.

    >>> PerUnit(Decimal("0.50")).rate(Decimal("123.456")).amount == Decimal("61.728")
    True
    """

    model: ClassVar[str] = "per_unit"
    unit_price: Decimal

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The quantity at the unit price. Raises `BillingError` for one below zero."""
        check_quantity(quantity)
        return make_rated([make_step("units", quantity, self.unit_price)])
