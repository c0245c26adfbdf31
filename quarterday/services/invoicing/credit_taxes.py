"""The tax of a part of an invoice, so that partial credits sum exactly to what was charged.

A tax row of an invoice is the tax of many lines. The part of it that belongs to what was
credited so far is computed from the sums alone, each time; a credit note takes the difference.
So it does not matter in which parts an invoice is credited, and nothing is lost by rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import round_half_up
from quarterday.core.tax import credit_tax
from quarterday.services.invoicing.credit_lines import LineCredit
from quarterday.store.models import Invoice, InvoiceLine, InvoiceTax, TaxRate


class TaxCredit(NamedTuple):
    """What a credit note gives back of a tax row of the invoice."""

    row: InvoiceTax
    base_minor: int
    tax_minor: int
    inside_minor: int


class CreditTaxes(NamedTuple):
    """The taxes of a credit note. ``rows`` are those of each line; ``inside`` are lines with tax
    inside of their amounts.
    """

    taxes: list[TaxCredit]
    rows: dict[int, list[InvoiceTax]]
    inside: set[int]


class _Share(NamedTuple):
    """The lines of one tax row that are alike: tax inside or not, charges or credits."""

    whole_minor: int
    tax_minor: int
    base_minor: int
    lines: list[LineCredit]


def credit_taxes(
    invoice: Invoice, chosen: Sequence[LineCredit], taxes: Sequence[InvoiceTax]
) -> CreditTaxes:
    """The taxes of credited parts of lines. Raises `BillingError` where they cannot be told."""
    rows = {one.line.id: _rows_of(invoice, one.line, taxes) for one in chosen}
    inside = _find_inclusive(invoice, [one.line for one in chosen])
    found = []
    for row in taxes:
        bearing = [one for one in chosen if row in rows[one.line.id]]
        base = tax = within = 0
        for is_inside, share in _shares(row, bearing, inside):
            alone = all(len(rows[one.line.id]) == 1 for one in share.lines)
            part_base, part_tax = _part(share, is_inside and alone)
            base, tax = base + part_base, tax + part_tax
            within += part_tax if is_inside else 0
        found.append(TaxCredit(row, base, tax, within))
    return CreditTaxes(found, rows, inside)


def _rows_of(invoice: Invoice, line: InvoiceLine, taxes: Sequence[InvoiceTax]) -> list[InvoiceTax]:
    """The tax rows that a line bears, by the codes that it names."""
    named = {tax.code for tax in taxes}
    codes = [line.tax_code] if line.tax_code in named else line.tax_code.split("+")
    if not named.issuperset(codes):
        # A line for which there is no rate names its category, and its tax row says why not.
        return [tax for tax in taxes if not tax.percent][:1]
    found = []
    for code in codes:
        rows = [tax for tax in taxes if tax.code == code]
        if len(rows) > 1:
            rows = [tax for tax in rows if tax.percent in _percents(invoice, line, code)]
        if len(rows) != 1:
            raise BillingError(
                f"lines: the tax {code} of line {line.position} of {invoice.label} stands on it "
                "at several rates; credit the whole invoice instead"
            )
        found += rows
    return found


def _percents(invoice: Invoice, line: InvoiceLine, code: str) -> set[object]:
    """What a tax came to on the first day of a line."""
    rates = TaxRate.objects.filter(seller_id=invoice.seller_id, code=code)
    return {
        rate.percent
        for rate in rates.filter(valid_from__lte=line.period_start)
        if rate.valid_end is None or line.period_start < rate.valid_end
    }


def _find_inclusive(invoice: Invoice, lines: Sequence[InvoiceLine]) -> set[int]:
    """The lines whose amounts have the tax inside, as the totals say, or else their prices."""
    total = sum(line.net_minor for line in lines)
    if total == invoice.net_minor:
        return set()
    if total == invoice.total_minor:
        return {line.id for line in lines}
    found = set()
    for line in lines:
        if line.item is None:
            raise BillingError(
                f"lines: prices with and without tax stand on {invoice.label}; credit the whole "
                "invoice instead"
            )
        if line.item.price.tax_inclusive:
            found.add(line.id)
    return found


def _shares(
    row: InvoiceTax, bearing: Iterable[LineCredit], inside: set[int]
) -> list[tuple[bool, _Share]]:
    """A tax row shared out to lines that are alike; the shares sum to the row."""
    groups: dict[tuple[bool, bool], list[LineCredit]] = defaultdict(list)
    for one in bearing:
        groups[one.line.id in inside, one.line.net_minor < 0].append(one)
    found: list[tuple[bool, _Share]] = []
    tax_left, base_left = row.tax_minor, row.base_minor
    percent = Fraction(row.percent) / 100
    # Plain charges come last and take what the others leave, so that no cent is lost.
    for (is_inside, _), lines in sorted(groups.items(), reverse=True):
        whole = sum(one.line.net_minor for one in lines)
        if len(found) == len(groups) - 1:
            tax, base = tax_left, base_left
        else:
            tax = round_half_up(whole * percent / (1 + percent if is_inside else 1))
            base = whole - tax if is_inside else whole
        tax_left, base_left = tax_left - tax, base_left - base
        found.append((is_inside, _Share(whole, tax, base, lines)))
    return found


def _part(share: _Share, base_is_rest: bool) -> tuple[int, int]:
    """Base and tax of what is credited now: what was credited with it, less what was before."""
    before = sum(one.before_minor for one in share.lines)
    amount = sum(one.amount_minor for one in share.lines)
    tax = _between(share.whole_minor, share.tax_minor, before, amount)
    if base_is_rest:
        return amount - tax, tax
    return _between(share.whole_minor, share.base_minor, before, amount), tax


def _between(whole: int, total: int, before: int, amount: int) -> int:
    earlier = credit_tax(whole, total, 0, 0, before)
    return credit_tax(whole, total, before, earlier, amount)
