"""Which income a credit note takes back, and what the book still has of an invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from django.db.models import Sum

from quarterday.core.money import allocate, round_half_up
from quarterday.services.invoicing.credit_lines import LineCredit
from quarterday.services.invoicing.credit_taxes import CreditTaxes
from quarterday.store.models import CreditNote, Invoice, Posting

_INCOME = "income:"


def credit_income(chosen: Sequence[LineCredit], found: CreditTaxes) -> dict[str, int]:
    """What each income account gives back, without tax, in minor units."""
    income: dict[str, int] = defaultdict(int)
    inclusive = []
    for one in chosen:
        if one.line.id in found.inside:
            inclusive.append(one)
        else:
            income[one.line.product.income_code] += one.amount_minor
    if inclusive:
        net = sum(one.amount_minor for one in inclusive)
        net -= sum(tax.inside_minor for tax in found.taxes)
        for one, part in zip(inclusive, _spread(net, inclusive, found), strict=True):
            income[one.line.product.income_code] += part
    return income


def _spread(net: int, lines: Sequence[LineCredit], found: CreditTaxes) -> list[int]:
    """The net of lines with tax inside: credits rounded one by one, the charges take the rest."""
    exact = [one.amount_minor / _gross_of_one(one, found) for one in lines]
    parts = [round_half_up(value) if value < 0 else 0 for value in exact]
    charged = [place for place, value in enumerate(exact) if value > 0]
    if not charged:
        charged = list(range(len(exact)))
        parts = [0] * len(exact)
    shares = allocate(net - sum(parts), [abs(exact[place]) for place in charged])
    for place, share in zip(charged, shares, strict=True):
        parts[place] = share
    return parts


def _gross_of_one(one: LineCredit, found: CreditTaxes) -> Fraction:
    """What one unit of a line without tax comes to with it."""
    percents = (Fraction(row.percent) for row in found.rows[one.line.id])
    return 1 + sum(percents, Fraction(0)) / 100


def book_left(invoice: Invoice, notes: Sequence[CreditNote]) -> dict[str, int]:
    """What the book still has of an invoice after its credit notes, by income account."""
    rows = Posting.objects.filter(
        entry__source__in=[invoice.public_id, *(note.public_id for note in notes)],
        entry__kind__in=["invoice", "credit_note"],
        ledger_account__code__startswith=_INCOME,
    )
    sums = rows.values_list("ledger_account__code").annotate(sum=Sum("amount_minor"))
    return {
        code.removeprefix(_INCOME): -total for code, total in sums.order_by("ledger_account__code")
    }
