"""Tax rates as dated facts, and which of them hold for a place and a day (billing rule 6).

A place without tax is stated, with a rate of 0 % and its category; a missing rate is an error,
because an invoice without the tax it owes cannot be mended later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from quarterday.core.errors import BillingError

# UNCL 5305 as EN 16931 restricts it; those of the second set are never taxed.
_CATEGORIES = frozenset(("S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"))
_UNTAXED = frozenset(("Z", "E", "AE", "K", "G", "O"))


class UnknownTax(BillingError):  # noqa: N818  named for what it says
    """No rate is known for a tax class at a place on a day."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate that holds in a country or region from ``valid_from`` to ``valid_end`` exclusive.

    ``percent`` is exact. ``level`` orders the taxes of one line; a ``compound`` rate is charged on
    the amount plus the taxes of lower levels. ``category`` is the EN 16931 code; left empty, it is
    S, or Z for 0 %. A category E says why in ``reason_code`` (VATEX) or ``reason``.
    Raises `BillingError` for a negative percentage or a category that contradicts it.

    >>> TaxRate("vat20", "VAT", Decimal("20"), "GB").category
    'S'
    """

    code: str
    name: str
    percent: Decimal
    country: str
    region: str = ""
    tax_class: str = "standard"
    level: int = 1
    compound: bool = False
    category: str = ""
    valid_from: date | None = None
    valid_end: date | None = None
    reason_code: str = ""
    reason: str = ""
    # The percentage as a ratio of integers, computed once: the tax of an invoice is hot.
    numerator: int = field(init=False, repr=False, compare=False)
    denominator: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or self.percent < 0:
            raise BillingError(f"tax rate {self.code}: {self.percent} % must be 0 or more")
        category = self.category or ("S" if self.percent else "Z")
        if category not in _CATEGORIES:
            raise BillingError(f"tax rate {self.code}: {category!r} is no EN 16931 category")
        if self.percent and category in _UNTAXED:
            raise BillingError(f"tax rate {self.code}: category {category} has 0 %; use S")
        if not self.percent and category == "S":
            raise BillingError(f"tax rate {self.code}: category S is above 0 %; use Z, E or O")
        numerator, denominator = self.percent.as_integer_ratio()
        object.__setattr__(self, "category", category)
        object.__setattr__(self, "numerator", numerator)
        object.__setattr__(self, "denominator", 100 * denominator)

    def __hash__(self) -> int:
        return hash(self.code)  # enough to find it by, and hot

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day.

        >>> TaxRate("v", "VAT", Decimal(20), "GB", valid_end=date(2026, 7, 1)).holds(
        ...     date(2026, 7, 1)
        ... )
        False
        """
        started = self.valid_from is None or self.valid_from <= on
        return started and (self.valid_end is None or on < self.valid_end)


def rates_for(
    rates: Iterable[TaxRate], *, country: str, region: str = "", tax_class: str, on: date
) -> tuple[TaxRate, ...]:
    """The rates of a tax class at a place on a day, lowest level first.

    On each level a rate of the region replaces those of the whole country. A seller without any
    rate charges no tax: the answer is empty. Where a seller has rates, a place without tax is
    stated by a rate of 0 %; otherwise `UnknownTax` is raised. Raises `BillingError` when two rates
    of one code hold on the day.

    >>> gst = TaxRate("gst", "GST", Decimal(5), "CA")
    >>> qst = TaxRate("qst", "QST", Decimal("9.975"), "CA", region="QC", level=2)
    >>> hst = TaxRate("hst", "HST", Decimal(13), "CA", region="ON")
    >>> [
    ...     [
    ...         rate.code
    ...         for rate in rates_for(
    ...             [qst, hst, gst],
    ...             country="CA",
    ...             region=region,
    ...             tax_class="standard",
    ...             on=date(2026, 1, 1),
    ...         )
    ...     ]
    ...     for region in ("QC", "ON", "AB")
    ... ]
    [['gst', 'qst'], ['hst'], ['gst']]
    """
    known = list(rates)
    if not known:
        return ()
    here = [
        rate
        for rate in known
        if rate.country == country and rate.region in ("", region) and rate.tax_class == tax_class
    ]
    held = [rate for rate in here if rate.holds(on)]
    regional = {rate.level for rate in held if rate.region}
    found = [rate for rate in held if rate.region or rate.level not in regional]
    if not found:
        place = f"{country}-{region}" if region else country
        raise UnknownTax(
            f"no tax rate of class {tax_class!r} holds in {place} on {on}; "
            "add one (0 % where no tax is due)"
        )
    found.sort(key=lambda rate: (rate.level, rate.code))
    for one, other in pairwise(found):
        if one.code == other.code:
            raise BillingError(f"two tax rates {one.code} hold on {on}; end one before")
    return tuple(found)
