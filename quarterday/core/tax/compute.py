"""The tax of a document: per rate on the sum of its rounded lines (billing rule 5).

Amounts are integer minor units throughout, so the currency is only named, never computed with.
Most invoices have a few lines of one rate; they take a short way through the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import Currency, divide_half_up
from quarterday.core.tax.rate import TaxRate
from quarterday.core.tax.treatment import OUTSIDE_SCOPE, TAXABLE, Treatment, TreatmentKind

_ZERO = Decimal(0)
_TAXABLE = TreatmentKind.TAXABLE


class TaxableLine(NamedTuple):
    """A rounded line, the rates it bears (lowest level first) and how it is treated."""

    amount_minor: int
    rates: tuple[TaxRate, ...] = ()
    treatment: Treatment = TAXABLE


class TaxAmount(NamedTuple):
    """The tax of one rate, or of one reason not to tax (then ``rate`` is None)."""

    rate: TaxRate | None
    category: str
    percent: Decimal
    base_minor: int
    tax_minor: int
    reason_code: str = ""
    reason: str = ""


class TaxResult(NamedTuple):
    """The net of each line in its order, the taxes, and the three totals, in minor units."""

    net_minor: tuple[int, ...]
    taxes: tuple[TaxAmount, ...]
    net_total: int
    tax_total: int
    gross_total: int
    currency: Currency


class _Group(NamedTuple):
    """Lines that bear the same taxes, and their places in the document."""

    rates: tuple[TaxRate, ...]
    treatment: Treatment
    places: list[int]


class _Share(NamedTuple):
    """What one group adds to one rate."""

    rate: TaxRate
    base_minor: int
    tax_minor: int


def compute_taxes(
    lines: Sequence[TaxableLine],
    *,
    currency: Currency,
    inclusive: bool = False,
    per_line: bool = False,
) -> TaxResult:
    """The taxes of a document's lines, whose amounts are gross when ``inclusive``, else net.

    Tax is rounded half up once per rate, or once per line and rate when ``per_line``. Inclusive:
    the net of all lines with the same rates is their gross ÷ (1 + rate), rounded half up; the tax
    is the rest, and the net is spread over the lines by largest remainder. Lines that are not
    taxed keep their amount; a line without rates is not subject to tax. Taxes come out in an
    order that does not depend on that of the lines.

    >>> from quarterday.core.money import currency as unit
    >>> vat = TaxRate("vat", "VAT", Decimal(21), "NL")
    >>> result = compute_taxes(
    ...     [TaxableLine(23150, (vat,)), TaxableLine(15650, (vat,))], currency=unit("EUR")
    ... )
    >>> result.tax_total, result.gross_total
    (8148, 46948)
    >>> compute_taxes([TaxableLine(10000, (vat,))], currency=unit("EUR"), inclusive=True).net_total
    8264
    """
    if lines and not inclusive and not per_line:
        rates, treatment = lines[0].rates, lines[0].treatment
        if len(rates) < 2:
            for line in lines:
                if line.rates is not rates or line.treatment is not treatment:
                    break
            else:
                return _alike(lines, rates, treatment, currency)
    groups = _group(lines, per_line)
    nets = [line.amount_minor for line in lines]
    shares: list[_Share] = []
    untaxed: list[TaxAmount] = []
    for rates, treatment, places in groups:
        amounts = [nets[place] for place in places]
        if not rates:
            untaxed.append(_not_taxed(treatment, sum(amounts)))
        elif inclusive:
            group_nets, group_shares = _inclusive(amounts, rates)
            shares += group_shares
            for place, net in zip(places, group_nets, strict=True):
                nets[place] = net
        else:
            shares += _exclusive(sum(amounts), rates)
    exact_base = not inclusive and not per_line
    taxes = tuple(sorted([*_by_rate(shares, exact_base), *_merge(untaxed)], key=_order))
    net_total, tax_total = sum(nets), sum(tax.tax_minor for tax in taxes)
    return TaxResult(tuple(nets), taxes, net_total, tax_total, net_total + tax_total, currency)


def _alike(
    lines: Sequence[TaxableLine],
    rates: tuple[TaxRate, ...],
    treatment: Treatment,
    currency: Currency,
) -> TaxResult:
    """Lines that all bear the same one rate, or none."""
    nets = tuple([line[0] for line in lines])
    net, tax = sum(nets), 0
    if treatment.kind is not _TAXABLE:
        amount = _not_taxed(treatment, net)
    elif not rates:
        amount = _not_taxed(OUTSIDE_SCOPE, net)
    else:
        rate = rates[0]
        tax = divide_half_up(net * rate.numerator, rate.denominator)
        amount = TaxAmount(
            rate, rate.category, rate.percent, net, tax, rate.reason_code, rate.reason
        )
    return TaxResult(nets, (amount,), net, tax, net + tax, currency)


def _group(lines: Sequence[TaxableLine], per_line: bool) -> Iterable[_Group]:
    found: dict[object, _Group] = {}
    for place, line in enumerate(lines):
        taxable = line.treatment.kind is _TAXABLE
        rates = line.rates if taxable else ()
        treatment = OUTSIDE_SCOPE if taxable and not rates else line.treatment
        if any(one.level > other.level for one, other in pairwise(rates)):
            raise BillingError("the tax rates of a line must come lowest level first")
        key = place if per_line else (rates, None if rates else treatment)
        found.setdefault(key, _Group(rates, treatment, [])).places.append(place)
    return found.values()


def _exclusive(net: int, rates: tuple[TaxRate, ...]) -> list[_Share]:
    shares: list[_Share] = []
    for rate in rates:
        base = net + _lower(shares, rate) if rate.compound else net
        tax = divide_half_up(base * rate.numerator, rate.denominator)
        shares.append(_Share(rate, base, tax))
    return shares


def _lower(shares: Iterable[_Share], rate: TaxRate) -> int:
    return sum(share.tax_minor for share in shares if share.rate.level < rate.level)


def _inclusive(amounts: list[int], rates: tuple[TaxRate, ...]) -> tuple[list[int], list[_Share]]:
    """The nets inside gross amounts of the same rates, and the tax of each rate."""
    scale, weights = _weigh(rates)
    gross = sum(amounts)
    net = divide_half_up(gross * scale, scale + sum(weights))
    parts = [divide_half_up(net * weight, scale) for weight in weights]
    missing = gross - net - sum(parts)
    step = -1 if missing < 0 else 1
    # What is missing goes to the rates that were rounded farthest the other way.
    by_error = sorted(
        range(len(parts)), key=lambda i: (step * (parts[i] * scale - net * weights[i]), i)
    )
    for turn in range(abs(missing)):
        parts[by_error[turn % len(parts)]] += step
    shares: list[_Share] = []
    for rate, part in zip(rates, parts, strict=True):
        base = net + _lower(shares, rate) if rate.compound else net
        shares.append(_Share(rate, base, part))
    return _spread(amounts, scale, scale + sum(weights), net), shares


def _weigh(rates: tuple[TaxRate, ...]) -> tuple[int, list[int]]:
    """A net on which each rate's tax is a whole number, and those taxes."""
    scale = 1
    for rate in rates:
        scale *= rate.denominator
    weights: list[int] = []
    for rate in rates:
        base = scale
        if rate.compound:
            below = zip(rates, weights, strict=False)
            base += sum(weight for other, weight in below if other.level < rate.level)
        weights.append(base * rate.numerator // rate.denominator)
    return scale, weights


def _spread(amounts: list[int], numerator: int, denominator: int, whole: int) -> list[int]:
    """``amounts`` times a ratio, by largest remainder so that they sum to ``whole``.

    Unlike `allocate` it takes amounts of both signs, as charges and credits have on one document.
    """
    sign = -1 if sum(amounts) < 0 else 1
    scaled = [divmod(sign * amount * numerator, denominator) for amount in amounts]
    parts = [part for part, _ in scaled]
    first = sorted(range(len(parts)), key=lambda i: (-scaled[i][1], -abs(amounts[i]), i))
    for place in first[: sign * whole - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]


def _not_taxed(treatment: Treatment, base: int) -> TaxAmount:
    return TaxAmount(
        None, treatment.category, _ZERO, base, 0, treatment.reason_code, treatment.reason
    )


def _by_rate(shares: Iterable[_Share], exact_base: bool) -> list[TaxAmount]:
    """One amount per rate; with an exact base its tax is rounded once, on the sum of all bases."""
    found: dict[TaxRate, tuple[int, int]] = {}
    for rate, base, tax in shares:
        old_base, old_tax = found.get(rate, (0, 0))
        found[rate] = old_base + base, old_tax + tax
    amounts = []
    for rate, (base, parts) in found.items():
        once = divide_half_up(base * rate.numerator, rate.denominator)
        tax = once if exact_base else parts
        amounts.append(
            TaxAmount(rate, rate.category, rate.percent, base, tax, rate.reason_code, rate.reason)
        )
    return amounts


def _merge(untaxed: Iterable[TaxAmount]) -> Iterable[TaxAmount]:
    found: dict[tuple[str, str, str], TaxAmount] = {}
    for amount in untaxed:
        key = amount.category, amount.reason_code, amount.reason
        base = found[key].base_minor if key in found else 0
        found[key] = amount._replace(base_minor=base + amount.base_minor)
    return found.values()


def _order(amount: TaxAmount) -> tuple[int, str, str, Decimal, str, str]:
    level, code = (amount.rate.level, amount.rate.code) if amount.rate else (0, "")
    return level, code, amount.category, amount.percent, amount.reason_code, amount.reason
