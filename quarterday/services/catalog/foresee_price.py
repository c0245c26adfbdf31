"""What a new version of a price would mean to those who have the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from quarterday.core.money import currency
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.core.recurring import monthly_minor, price_of_period
from quarterday.services.invoicing.catalog import make_terms
from quarterday.store.models import Price
from quarterday.store.queries.price_use import list_quantities


class PriceEffect(NamedTuple):
    """Contracts and what recurs of them in a month, in minor units before discounts and tax.

    Usage counts only by what is charged without any, so ``is_usage`` says that more depends on it.
    """

    items: int
    before_minor: int
    after_minor: int
    is_usage: bool

    @property
    def difference_minor(self) -> int:
        """By how much a month's recurring revenue changes when all of them move."""
        return self.after_minor - self.before_minor


def make_version_terms(old: Price, terms: Mapping[str, Any]) -> PriceTerms:
    """A price as the core rates it, with some terms of its own; raises `BillingError`."""
    given = {
        name: getattr(old, name)
        for name in ("model", "setup_fee", "minimum", "free_units", "unit_code")
    } | {name: value for name, value in terms.items() if name in PriceTerms.__dataclass_fields__}
    model = parse_model(given.pop("model"))
    return PriceTerms(currency(old.currency), model, **given)


def foresee_price(old: Price, terms: Mapping[str, Any]) -> PriceEffect:
    """The effect if everybody who has a price moved to one with these terms."""
    is_usage = old.meter_id is not None
    before_terms, after_terms = make_terms(old).price, make_version_terms(old, terms)
    items = before = after = 0
    for use in list_quantities(old):
        items += use.items
        before += use.items * monthly_minor(
            price_of_period(before_terms, use.quantity, is_usage), use.cadence
        )
        after += use.items * monthly_minor(
            price_of_period(after_terms, use.quantity, is_usage), use.cadence
        )
    return PriceEffect(items, before, after, is_usage)
