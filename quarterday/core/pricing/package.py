"""Units in packages, of which every started one is charged: SMS bundles, blocks of traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.pricing.model import (
    Rated,
    check_quantity,
    count_started,
    make_rated,
    make_step,
)
from quarterday.core.pricing.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Package(Parameters):
    """``price`` for each started package of ``size`` units, in currency units.

    >>> Package(Decimal(10), Decimal(100)).rate(Decimal(121)).amount
    Fraction(1300, 1)
    """

    model: ClassVar[str] = "package"
    size: Decimal
    price: Decimal

    def __post_init__(self) -> None:
        if self.size <= 0:
            raise BillingError(f"a package holds more than nothing, not {self.size}")

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The started packages; none cost nothing. Raises `BillingError` for one below zero."""
        check_quantity(quantity)
        return make_rated([make_step("packages", count_started(quantity, self.size), self.price)])
