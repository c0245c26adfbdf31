"""The tax of a part of an invoice, so that partial credits sum exactly to what was charged.

A tax row of an invoice is the tax of many lines. The part of it that belongs to what was
credited so far is computed from the sums alone, each time; a credit note takes the difference.
So it does not matter in which parts an invoice is credited, and nothing is lost by rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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


class _Share(NamedTuple):
    """What a group of lines adds to a tax row of the invoice."""

    row: InvoiceTax
    base_minor: int
    tax_minor: int


@dataclass(slots=True)
class _Group:
    """Lines that are alike: the same taxes, inside of their prices or not, charges or credits."""

    rows: tuple[InvoiceTax, ...]
    is_inside: bool
    lines: list[LineCredit] = field(default_factory=list)
    shares: list[_Share] = field(default_factory=list)

    @property
    def base_minor(self) -> int:
        """The lines without tax."""
        return sum(one.line.base_minor for one in self.lines)

    @property
    def inside_minor(self) -> int:
        """The tax inside of the lines."""
        return sum(one.line.net_minor - one.line.base_minor for one in self.lines)

    def credit(self) -> Iterable[TaxCredit]:
        """What to credit now of each row: what will have been credited, less what was before."""
        base_before = sum(one.base_before for one in self.lines)
        base_after = sum(one.base_after for one in self.lines)
        before = self._so_far(base_before, sum(one.before_minor for one in self.lines))
        after = self._so_far(
            base_after, sum(one.before_minor + one.amount_minor for one in self.lines)
        )
        for (row, _, _), old, new in zip(self.shares, before, after, strict=True):
            yield TaxCredit(row, new[0] - old[0], new[1] - old[1])

    def _so_far(self, base: int, credited: int) -> list[tuple[int, int]]:
        """Base and tax of each row, when this much of the lines is credited, without and with
        what their prices have inside.
        """
        whole = self.base_minor
        measure, full = (credited - base, self.inside_minor) if self.is_inside else (base, whole)
        found = []
        lower = lower_full = 0
        for number, (_, share_base, share_tax) in enumerate(self.shares, 1):
            if self.is_inside and number == len(self.shares):
                # All that is inside is tax, so the last row takes the rest of it.
                odd = full - lower_full - share_tax
                tax = measure - lower - credit_tax(full, odd, 0, 0, measure)
            else:
                tax = credit_tax(full, share_tax, 0, 0, measure)
            # A tax on top of lower ones has them in its base.
            on_top = credit_tax(lower_full, share_base - whole, 0, 0, lower)
            found.append((base + on_top, tax))
            lower, lower_full = lower + tax, lower_full + share_tax
        return found


def credit_taxes(
    invoice: Invoice, chosen: Sequence[LineCredit], taxes: Sequence[InvoiceTax]
) -> list[TaxCredit]:
    """The taxes of credited parts of lines. Raises `BillingError` where they cannot be told."""
    groups = _group_lines(invoice, chosen, taxes)
    _share_out(groups, taxes)
    found = {row: TaxCredit(row, 0, 0) for row in taxes}
    for group in groups:
        for row, base, tax in group.credit():
            found[row] = TaxCredit(row, found[row].base_minor + base, found[row].tax_minor + tax)
    return list(found.values())


def _group_lines(
    invoice: Invoice, chosen: Iterable[LineCredit], taxes: Sequence[InvoiceTax]
) -> list[_Group]:
    """Lines by what they are alike in; those whose share is the least certain come last."""
    found: dict[tuple[bool, bool, tuple[InvoiceTax, ...]], _Group] = {}
    for one in chosen:
        line = one.line
        if line.net_minor:
            rows = _rows_of(invoice, line, taxes)
            is_inside = line.base_minor != line.net_minor
            key = is_inside, line.net_minor > 0, rows
            found.setdefault(key, _Group(rows, is_inside)).lines.append(one)
    order = sorted(found, key=lambda key: (not key[0], key[1], len(key[2])))
    return [found[key] for key in order]


def _share_out(groups: Sequence[_Group], taxes: Iterable[InvoiceTax]) -> None:
    """Share each tax row out to the groups that bear it; the last takes what the others leave."""
    last = {row: group for group in groups for row in group.rows}
    bases: dict[InvoiceTax, int] = defaultdict(int)
    for group in groups:
        for row in group.rows:
            bases[row] += group.base_minor
    left = {row: (row.base_minor, row.tax_minor) for row in taxes}
    for group in groups:
        lower = 0
        for row in group.rows:
            if last[row] is group:
                base, tax = left[row]
            else:
                is_on_top = row.base_minor != bases[row]
                base = group.base_minor + (lower if is_on_top else 0)
                tax = round_half_up(base * Fraction(row.percent) / 100)
                if group.is_inside and row is group.rows[-1]:
                    tax = group.inside_minor - lower
            left[row] = left[row][0] - base, left[row][1] - tax
            group.shares.append(_Share(row, base, tax))
            lower += tax


def _rows_of(
    invoice: Invoice, line: InvoiceLine, taxes: Sequence[InvoiceTax]
) -> tuple[InvoiceTax, ...]:
    """The tax rows that a line bears, by the codes that it names."""
    named = {tax.code for tax in taxes}
    found = []
    for code in [line.tax_code] if line.tax_code in named else line.tax_code.split("+"):
        rows = [tax for tax in taxes if tax.code == code]
        if len(rows) > 1:
            rows = [tax for tax in rows if tax.percent in _percents(invoice, line, code)]
        if len(rows) != 1:
            raise BillingError(
                f"lines: the tax {code} of line {line.position} of {invoice.label} stands on it "
                "at several rates; credit the whole invoice instead"
            )
        found += rows
    return tuple(found)


def _percents(invoice: Invoice, line: InvoiceLine, code: str) -> set[object]:
    """What a tax came to on the first day of a line."""
    rates = TaxRate.objects.filter(seller_id=invoice.seller_id, code=code)
    return {
        rate.percent
        for rate in rates.filter(valid_from__lte=line.period_start)
        if rate.valid_end is None or line.period_start < rate.valid_end
    }
