"""What a credit note gives back, before it has a number: lines and taxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quarterday.services.invoicing.credit_lines import LineCredit
from quarterday.services.invoicing.credit_taxes import TaxCredit, credit_taxes
from quarterday.store.models import CreditNoteTax, Invoice

_ROW = "code percent category reason_code reason".split()


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What a credit note gives back, in minor units."""

    lines: Sequence[LineCredit]
    taxes: Sequence[TaxCredit]

    @property
    def net_minor(self) -> int:
        """The total without tax."""
        return sum(one.base_minor for one in self.lines)

    @property
    def tax_minor(self) -> int:
        """The tax of all rates."""
        return sum(tax.tax_minor for tax in self.taxes)

    @property
    def income(self) -> Mapping[str, int]:
        """What each income account gives back."""
        found: Counter[str] = Counter()
        for one in self.lines:
            found[one.line.income_code] += one.base_minor
        return found


def draft_note(invoice: Invoice, chosen: Sequence[LineCredit]) -> NoteDraft:
    """What to give back. The note that credits the last of an invoice takes all the tax that is
    left of it, so that nothing remains.
    """
    taxes = list(invoice.taxes.order_by("id"))
    if all(one.before_minor + one.amount_minor == one.line.net_minor for one in chosen):
        credited = _credited_taxes(invoice)
        left = [
            TaxCredit(row, row.base_minor - base, row.tax_minor - tax)
            for row in taxes
            for base, tax in [credited.get(_key(row), (0, 0))]
        ]
        return NoteDraft(chosen, left)
    return NoteDraft(chosen, credit_taxes(invoice, chosen, taxes))


def _credited_taxes(invoice: Invoice) -> dict[tuple[object, ...], tuple[int, int]]:
    """Base and tax that earlier notes gave back, by what names a tax row."""
    found: dict[tuple[object, ...], tuple[int, int]] = {}
    for row in CreditNoteTax.objects.filter(credit_note__invoice=invoice):
        base, tax = found.get(_key(row), (0, 0))
        found[_key(row)] = base + row.base_minor, tax + row.tax_minor
    return found


def _key(row: object) -> tuple[object, ...]:
    return tuple(getattr(row, field) for field in _ROW)
