"""What moving from a price to another changes of what a contract pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.money import parse_exact, to_minor
from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.core.pricing.worked import sample_quantities, work_example
from quarterday.core.recurring import price_of_period
from quarterday.services.catalog.foresee_price import make_version_terms
from quarterday.services.invoicing.catalog import make_terms
from quarterday.store.models import Price

# Of usage whose unit costs less than can be paid, so much shows a difference.
_MUCH = tuple(Decimal(10) ** power for power in range(3, 13))


class Pair(NamedTuple):
    """What a quantity costs in a whole period at the one price and the other, in minor units."""

    quantity: Decimal
    before: int
    after: int


class PriceChange(NamedTuple):
    """A price and the one that follows it, with what contracts spend at least in a period, in
    minor units, and whether tax is inside. Setup fees are left out: who moves pays none.
    """

    before: PriceTerms
    after: PriceTerms
    is_usage: bool
    was_inclusive: bool
    is_inclusive: bool
    least_before: int
    least_after: int

    @property
    def concerns_all(self) -> bool:
        """Whether everybody pays another amount, or could, whatever they have of it."""
        if self.was_inclusive != self.is_inclusive or self.least_before != self.least_after:
            return True
        return self.is_usage and any(one.before != one.after for one in self.sample())

    def concerns(self, quantity: Decimal) -> bool:
        """Whether a contract with a quantity pays another amount, or could."""
        if self.concerns_all:
            return True
        one = self.amounts_of(quantity)
        return not self.is_usage and one.before != one.after

    def amounts_of(self, quantity: Decimal) -> Pair:
        """What a quantity that recurs costs."""
        before = price_of_period(self.before, quantity, False)
        return Pair(quantity, before, price_of_period(self.after, quantity, False))

    def sample(self) -> list[Pair]:
        """Quantities whose cost changes, in their order; where none does, some usual ones."""
        usual = {
            *sample_quantities(self.before.model, self.before.free_units, most=None),
            *sample_quantities(self.after.model, self.after.free_units, most=None),
        }
        pairs = self._work(sorted(usual))
        changed = [one for one in pairs if one.before != one.after]
        changed = changed or [one for one in self._work(_MUCH) if one.before != one.after]
        return changed or [one for one in pairs if one.quantity]

    def _work(self, quantities: Iterable[Decimal]) -> list[Pair]:
        quantities = list(quantities)
        both = zip(
            work_example(self.before, quantities),
            work_example(self.after, quantities),
            strict=True,
        )
        return [Pair(old.quantity, old.minor, new.minor) for old, new in both]


def compare_price(old: Price, terms: Mapping[str, Any]) -> PriceChange:
    """A price beside one with some terms of its own; raises `BillingError` for bad ones."""
    after = make_version_terms(old, terms)
    least = terms.get("commitment", old.commitment)
    return PriceChange(
        make_terms(old).price,
        after,
        old.meter_id is not None,
        old.tax_inclusive,
        bool(terms.get("tax_inclusive", old.tax_inclusive)),
        to_minor(old.commitment or Decimal(0), after.currency),
        to_minor(parse_exact(least or 0), after.currency),
    )
