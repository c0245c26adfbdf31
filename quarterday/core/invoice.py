"""From what is to be charged to a draft: lines, discounts, tax, totals, each explained.

`rate_charge` turns a price, a quantity and a piece of a period into one rounded amount;
`compute_invoice` puts such charges together. Both are pure, so a preview, a forecast and the
billing run give the same figures.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from quarterday.core.charging import Timing
from quarterday.core.discount import AppliedDiscount, DiscountableLine, apply_discounts
from quarterday.core.discount import Discount as DiscountTerms
from quarterday.core.money import Currency, from_minor, plain, to_minor
from quarterday.core.period import Period
from quarterday.core.pricing.model import Step
from quarterday.core.pricing.price import Price, rate_price
from quarterday.core.proration import Convention, Policy, factor
from quarterday.core.tax import (
    OUTSIDE_SCOPE,
    TaxableLine,
    TaxAmount,
    TaxRate,
    Treatment,
    TreatmentKind,
    compute_taxes,
)

_ONE = Fraction(1)
_NONE_USED: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A price with the conventions that its contract bills by. ``label`` names it to people."""

    price: Price
    timing: Timing
    convention: Convention = Convention.ACTUAL_DAYS
    policy: Policy = Policy.PRORATE
    inclusive: bool = False
    label: str = ""


class Amount(NamedTuple):
    """A charge rounded once, in minor units, and how it came to be, as JSON text.

    ``factor`` is the share of a period that it bills, above 0.
    """

    minor: int
    unit_price: Decimal
    explanation: str
    factor: Fraction = _ONE


class Charge(NamedTuple):
    """Something to bill. ``key`` is the caller's own handle, ``product`` the product's code.

    ``amount`` is before discounts and before tax, or with tax inside when ``inclusive``.
    ``discounts`` are those that may apply to it, together with the charges that have the same
    ones for the same ``benefit``, such as a period of a contract. ``discount_minor`` was settled
    before: what a credit gives back is below zero.
    """

    key: Any
    kind: str
    product: str
    description: str
    period: Period
    quantity: Decimal
    unit_code: str
    amount: Amount
    inclusive: bool
    rates: tuple[TaxRate, ...]
    treatment: Treatment
    discounts: tuple[DiscountTerms, ...] = ()
    benefit: Hashable = None
    discount_minor: int = 0


class DraftLine(NamedTuple):
    """A charge with its discount taken off. ``net_minor`` is what enters the tax base."""

    charge: Charge
    discount_minor: int
    net_minor: int
    tax_code: str
    explanation: str


class Draft(NamedTuple):
    """An invoice before it has a number. Minor units; ``used`` are the discounts that counted.

    ``income_minor`` is each line without tax, in the order of the lines.
    """

    lines: tuple[DraftLine, ...]
    taxes: tuple[TaxAmount, ...]
    income_minor: tuple[int, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    used: frozenset[str]


def rate_charge(
    terms: Terms,
    quantity: Decimal,
    part: Period,
    whole: Period,
    *,
    values: Sequence[Decimal] = (),
    usage: bool = False,
) -> Amount:
    """Price a quantity for a piece of a period, rounded once to the currency.

    ``usage`` was measured in that piece already, so only a minimum is prorated; ``values`` are its
    single events, for prices that look at each.

    Raises `BillingError` as the price and the proration do.

    >>> from datetime import date
    >>> from quarterday.core.money import currency
    >>> from quarterday.core.pricing import parse_model
    >>> price = Price(currency("EUR"), parse_model({"model": "flat", "amount": "29.95"}))
    >>> may = Period(date(2019, 4, 27), date(2019, 5, 27))
    >>> rate_charge(
    ...     Terms(price, Timing.ADVANCE), Decimal(1), may.split(date(2019, 5, 3))[1], may
    ... ).minor
    2396
    """
    of_days = whole.days
    if part == whole and not usage:
        return _rate_cached(terms, quantity, 1, 1, of_days, of_days)
    share = factor(part, whole, terms.convention, terms.policy)
    if usage:
        return _rate(terms, quantity, _ONE, part.days, of_days, values, share)
    return _rate_cached(terms, quantity, share.numerator, share.denominator, part.days, of_days)


@lru_cache(maxsize=8192)
def _rate_cached(
    terms: Terms, quantity: Decimal, numerator: int, denominator: int, days: int, of_days: int
) -> Amount:
    """Most charges of a day are alike: same price, same quantity, same length of month."""
    return _rate(terms, quantity, Fraction(numerator, denominator), days, of_days)


def _rate(
    terms: Terms,
    quantity: Decimal,
    share: Fraction,
    days: int,
    of_days: int,
    values: Sequence[Decimal] = (),
    minimum_share: Fraction = _ONE,
) -> Amount:
    """Rate, round once, and say how."""
    rated = rate_price(
        terms.price, quantity, values=values, factor=share, minimum_factor=minimum_share
    )
    unit = terms.price.currency
    minor = to_minor(rated.amount, unit)
    explanation = {
        "rule": "4, 5" if share != _ONE else "5",
        "price": terms.label,
        "model": terms.price.model.to_data(),
        "quantity": plain(quantity),
        "steps": [_step_data(step) for step in rated.steps],
        "days": days,
        "of_days": of_days,
        "convention": str(terms.convention),
        "policy": str(terms.policy),
        "factor": str(share),
        "exact": str(rated.amount),
        "rounding": f"half up to {unit.exponent} decimals of {unit.code}",
        "amount_minor": minor,
    }
    unit_price = _unit_price(rated.steps, minor, unit)
    return Amount(minor, unit_price, dump(explanation), share or _ONE)


def _step_data(step: Step) -> list[str]:
    return [step.label, plain(step.quantity), plain(step.unit_price), str(step.amount)]


def _unit_price(steps: Sequence[Step], minor: int, unit: Currency) -> Decimal:
    """The price of one, when one price explains the line; otherwise the line is sold as a lot."""
    priced = [step for step in steps if not step.label.startswith(("factor", "minimum"))]
    if len(priced) == 1 and priced[0].label in ("flat", "units"):
        return priced[0].unit_price
    return from_minor(minor, unit)


def dump(data: dict[str, Any]) -> str:
    """Explanation data as canonical JSON text.

    >>> dump({"rule": "5", "days": 30})
    '{"days":30,"rule":"5"}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=1024)
def tax_code(rates: tuple[TaxRate, ...], treatment: Treatment) -> str:
    """How a line names its tax: as the rows of `compute_taxes` do, which are on its amount.

    The codes of its rates, lowest level first, or the category that takes their place.

    >>> from quarterday.core.tax import TAXABLE
    >>> tax_code((TaxRate("vat20", "VAT", Decimal(20), "GB"),), TAXABLE)
    'vat20'
    """
    if treatment.kind is not TreatmentKind.TAXABLE:
        return str(treatment.category)
    return "+".join([rate.code for rate in rates]) if rates else OUTSIDE_SCOPE.category


def compute_invoice(
    charges: Sequence[Charge], *, currency: Currency, tax_per_line: bool = False
) -> Draft:
    """Put charges on one draft: discounts, then tax per rate, then totals that agree.

    The lines stand in the order given; totals do not depend on it. Charges whose prices include
    tax and those whose do not may stand together.

    >>> from datetime import date
    >>> from quarterday.core.money import currency
    >>> from quarterday.core.tax import TAXABLE
    >>> vat = TaxRate("vat20", "VAT", Decimal(20), "GB")
    >>> january = Period(date(2026, 1, 1), date(2026, 2, 1))
    >>> hosting = Charge(
    ...     None,
    ...     "recurring",
    ...     "web",
    ...     "Web hosting",
    ...     january,
    ...     Decimal(1),
    ...     "C62",
    ...     Amount(1000, Decimal(10), "{}"),
    ...     False,
    ...     (vat,),
    ...     TAXABLE,
    ... )
    >>> compute_invoice([hosting], currency=currency("GBP")).total_minor
    1200
    """
    lines, used = _discounted(charges, currency)
    inclusive = [charge for charge in charges if charge.inclusive]
    if not inclusive or len(inclusive) == len(charges):
        result = compute_taxes(
            [TaxableLine(ln.net_minor, ln.charge.rates, ln.charge.treatment) for ln in lines],
            currency=currency,
            inclusive=bool(inclusive),
            per_line=tax_per_line,
        )
        return Draft(
            lines,
            result.taxes,
            result.net_minor,
            result.net_total,
            result.tax_total,
            result.gross_total,
            used,
        )
    return _compute_mixed(lines, used, currency, tax_per_line)


def _discounted(
    charges: Sequence[Charge], currency: Currency
) -> tuple[tuple[DraftLine, ...], frozenset[str]]:
    """Take off the discounts, each set of them over the lines that share it."""
    if not [charge for charge in charges if charge.discounts]:
        return tuple([_plain_line(charge) for charge in charges]), _NONE_USED
    groups: dict[tuple[tuple[DiscountTerms, ...], Hashable], list[int]] = {}
    for index, charge in enumerate(charges):
        groups.setdefault((charge.discounts, charge.benefit), []).append(index)
    done: dict[int, DraftLine] = {}
    used: set[str] = set()
    for (discounts, _), indexes in groups.items():
        members = [charges[index] for index in indexes]
        result = apply_discounts([_discountable(c) for c in members], discounts, currency)
        for index, charge, reductions in zip(indexes, members, result.applied, strict=True):
            done[index] = _reduced_line(charge, reductions)
            used.update(reduction.code for reduction in reductions)
    return tuple(done[index] for index in range(len(charges))), frozenset(used)


def _discountable(charge: Charge) -> DiscountableLine:
    """A charge as discounts see it."""
    amount = charge.amount
    return DiscountableLine(
        amount.minor, charge.product, charge.kind == "setup", charge.quantity, amount.factor
    )


def _plain_line(charge: Charge) -> DraftLine:
    amount, settled = charge.amount, charge.discount_minor
    code = tax_code(charge.rates, charge.treatment)
    return DraftLine(charge, settled, amount.minor - settled, code, amount.explanation)


def _reduced_line(charge: Charge, reductions: Sequence[AppliedDiscount]) -> DraftLine:
    """A line with what was taken off it, and the discounts named in its explanation."""
    if not reductions:
        return _plain_line(charge)
    taken = sum(reduction.amount_minor for reduction in reductions)
    explanation = json.loads(charge.amount.explanation)
    explanation["discounts"] = [[r.code, r.amount_minor] for r in reductions]
    code = tax_code(charge.rates, charge.treatment)
    return DraftLine(charge, taken, charge.amount.minor - taken, code, dump(explanation))


def _compute_mixed(
    lines: tuple[DraftLine, ...], used: frozenset[str], currency: Currency, tax_per_line: bool
) -> Draft:
    """Prices with and without tax on one draft: taxed apart, then added per rate."""
    income = [0] * len(lines)
    taxes: dict[tuple[object, ...], TaxAmount] = {}
    for inclusive in (False, True):
        indexes = [i for i, line in enumerate(lines) if line.charge.inclusive is inclusive]
        members = [lines[index] for index in indexes]
        result = compute_taxes(
            [TaxableLine(ln.net_minor, ln.charge.rates, ln.charge.treatment) for ln in members],
            currency=currency,
            inclusive=inclusive,
            per_line=tax_per_line,
        )
        for index, net in zip(indexes, result.net_minor, strict=True):
            income[index] = net
        for tax in result.taxes:
            key = (tax.rate, tax.category, tax.percent, tax.reason_code)
            known = taxes.get(key)
            taxes[key] = tax._replace(
                base_minor=tax.base_minor + (known.base_minor if known else 0),
                tax_minor=tax.tax_minor + (known.tax_minor if known else 0),
            )
    net, tax_total = sum(income), sum(tax.tax_minor for tax in taxes.values())
    return Draft(lines, tuple(taxes.values()), tuple(income), net, tax_total, net + tax_total, used)
