"""A tier of quantities, shared by the models that price by tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from quarterday.core.errors import BillingError
from quarterday.core.exact import ONE, ZERO
from quarterday.core.money import plain
from quarterday.core.pricing.model import Step, count_started, make_step, percent_of_one
from quarterday.core.pricing.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Tier(Parameters):
    """What units up to and including ``up_to`` cost; None is for all the rest.

    ``flat_fee`` is due once the tier is reached. ``unit_price`` is for a unit, or with a
    ``block_size`` for every started block; ``rate_percent`` is instead of it, where the quantity
    itself is an amount of money.

    >>> Tier(up_to=Decimal(10), unit_price=Decimal(2)).to_data()
    {'up_to': '10', 'unit_price': '2'}
    """

    up_to: Decimal | None = None
    unit_price: Decimal = ZERO
    flat_fee: Decimal = ZERO
    block_size: Decimal | None = None
    rate_percent: Decimal | None = None

    def __post_init__(self) -> None:
        if self.up_to is not None and self.up_to <= 0:
            raise BillingError(f"a tier ends above zero, not at {self.up_to}")
        if self.block_size is not None and self.block_size <= 0:
            raise BillingError(f"a block holds more than nothing, not {self.block_size}")
        if self.rate_percent is not None and (self.unit_price or self.block_size is not None):
            raise BillingError("a tier has a rate_percent, or a unit_price with its block_size")

    @property
    def label(self) -> str:
        """What the steps of the tier are called."""
        return "the rest" if self.up_to is None else f"up to {plain(self.up_to)}"

    def steps(self, quantity: Decimal) -> list[Step]:
        """The cost of the units that fall into it; there are some, so it is reached."""
        count, price, label = quantity, self.unit_price, self.label
        if self.block_size is not None:
            count = count_started(quantity, self.block_size)
            label = f"{label}, blocks of {plain(self.block_size)}"
        if self.rate_percent is not None:
            price = percent_of_one(self.rate_percent)
        if not self.flat_fee:
            return [make_step(label, count, price)]
        flat = make_step(f"{self.label}, flat fee", ONE, self.flat_fee)
        return [flat, make_step(label, count, price)] if price else [flat]


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Raise `BillingError` unless bounds rise and only the last tier may be unbounded.

    >>> check_tiers([Tier(up_to=Decimal(10)), Tier(up_to=Decimal(5))])
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: tier 2 ends at 5, not above the one before it (10)
    """
    if not tiers:
        raise BillingError("there must be at least one tier")
    for number, (lower, upper) in enumerate(pairwise(tiers), start=2):
        if lower.up_to is None:
            raise BillingError(f"tier {number - 1} holds all the rest, so it must be the last one")
        if upper.up_to is not None and upper.up_to <= lower.up_to:
            raise BillingError(
                f"tier {number} ends at {plain(upper.up_to)}, "
                f"not above the one before it ({plain(lower.up_to)})"
            )
