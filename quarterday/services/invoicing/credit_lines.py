"""Which lines of an invoice are credited, and by how much; never more than is left of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from quarterday.core.errors import BillingError
from quarterday.core.tax import credit_tax
from quarterday.store.models import (
    ChargeStatus,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    PendingCharge,
)


class LineCredit(NamedTuple):
    """A line with what to credit of it now, and what credit notes gave back before.

    Minor units in the line's own terms: with the tax inside where its price has it inside.
    """

    line: InvoiceLine
    amount_minor: int
    before_minor: int

    @property
    def base_before(self) -> int:
        """What credit notes gave back before, without tax."""
        return _base_of(self.line, self.before_minor)

    @property
    def base_after(self) -> int:
        """What they will have given back with this one, without tax."""
        return _base_of(self.line, self.before_minor + self.amount_minor)

    @property
    def base_minor(self) -> int:
        """What to credit now without tax."""
        return self.base_after - self.base_before


def _base_of(line: InvoiceLine, credited: int) -> int:
    """The part of a line without tax in what was credited of it, from the sum alone."""
    return credit_tax(line.net_minor, line.base_minor, 0, 0, credited)


def choose_lines(invoice: Invoice, wanted: Mapping[int, int | None] | None) -> list[LineCredit]:
    """All lines of an invoice, each with what to credit of it, which may be nothing.

    ``wanted`` are amounts by the position of the line, None for all that is left of it; without
    ``wanted``, all that is left of every line. What is left is what the line charged, less what
    credit notes and credits for unused time gave back. Raises `BillingError` beyond that.
    """
    lines = list(invoice.lines.order_by("position"))
    keys = [line.id for line in lines]
    credited, unused = _credited(keys), _unused(invoice.account_id, keys)
    positions = {line.position for line in lines}
    for position in wanted or ():
        if position not in positions:
            raise BillingError(
                f"lines: invoice {invoice.label} has no line {position}; it has 1 to {len(lines)}"
            )
    found = []
    for line in lines:
        left = line.net_minor - credited[line.id] - unused[line.id]
        amount = left
        if wanted is not None:
            asked = wanted.get(line.position, 0)
            amount = left if asked is None else asked
            _check_amount(invoice, line, amount, left)
        found.append(LineCredit(line, amount, credited[line.id]))
    return found


def _check_amount(invoice: Invoice, line: InvoiceLine, amount: int, left: int) -> None:
    low, high = sorted((0, left))
    if not low <= amount <= high:
        raise BillingError(
            f"lines: line {line.position} of {invoice.label} charged {line.net_minor}, of which "
            f"{left} is left to credit, not {amount}"
        )


def _credited(keys: Sequence[int]) -> dict[int, int]:
    """What credit notes gave back, by line."""
    rows = CreditNoteLine.objects.filter(invoice_line__in=keys).values_list("invoice_line")
    return defaultdict(int, dict(rows.annotate(sum=Sum("net_minor"))))


def _unused(account_id: int, keys: Sequence[int]) -> dict[int, int]:
    """What is or will be credited for unused time, by line, above zero."""
    rows = find_unused(account_id, keys).values_list("source_line_id")
    sums = rows.annotate(sum=Sum("amount_minor"))
    return defaultdict(int, {int(key): -total for key, total in sums if key is not None})


def find_unused(account_id: int, keys: Sequence[int]) -> QuerySet[PendingCharge]:
    """Credits for unused time of some lines, those that wait for an invoice included."""
    return PendingCharge.objects.filter(
        account_id=account_id, kind="unused", source_line_id__in=keys
    ).exclude(status=ChargeStatus.VOID)
