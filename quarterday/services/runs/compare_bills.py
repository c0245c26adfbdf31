"""Accounts that are due, each with what it is to be billed beside what it was last time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from quarterday.core.difference import BilledLine, explain_difference
from quarterday.core.money import currency, format_minor
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate_rows
from quarterday.store.models import Foreseen
from quarterday.store.queries.billing import DueRow
from quarterday.store.queries.last_bills import LastBill, load_last_bills, load_lines

_MOST_REASONS = 3


def compare_bills(rows: Sequence[DueRow], on: date, catalog: Catalog) -> list[Foreseen]:
    """What a run on a day would bill accounts that `find_due` gave, not yet written.

    The lines of last time are read only of accounts whose sums differ.
    """
    bills = {
        key: list(found) for key, found in simulate_rows(rows, first=on, last=on, catalog=catalog)
    }
    last = load_last_bills([key for key, found in bills.items() if found])
    made = [_make(key, found, last.get(key)) for key, found in bills.items() if found]
    changed = [row for row in made if row.change in ("higher", "lower")]
    wanted = [number for row in changed for number in last[row.account_id].invoices]
    lines = load_lines(wanted)
    for row in changed:
        before = [line for number in last[row.account_id].invoices for line in lines[number]]
        row.reason = _explain(row, before, bills[row.account_id])
    return made


def _make(account_id: int, found: Sequence[SimulatedInvoice], last: LastBill | None) -> Foreseen:
    blocked = next((one.skipped for one in found if one.skipped is not None), None)
    total = sum(one.total_minor for one in found)
    had = None if last is None else last.total_minor
    if blocked is not None:
        change, size = "blocked", abs(had or 0)
    elif had is None:
        change, size = "new", abs(total)
    else:
        change = "same" if total == had else "higher" if total > had else "lower"
        size = abs(total - had)
    return Foreseen(
        account_id=account_id,
        currency=found[0].currency,
        documents=sum(one.skipped is None for one in found),
        total_minor=0 if blocked is not None else total,
        last_minor=had,
        size_minor=size,
        change=change,
        reason=(blocked or "")[:300],
    )


def _explain(row: Foreseen, before: Sequence[BilledLine], found: Sequence[SimulatedInvoice]) -> str:
    """The weightiest reasons in a line of text."""
    reasons = explain_difference(before, after_lines(found))
    unit = currency(row.currency)
    texts = [
        f"{one.text} ({'+' if one.minor > 0 else ''}{format_minor(one.minor, unit)})"
        for one in reasons[:_MOST_REASONS]
    ]
    if len(reasons) > _MOST_REASONS:
        texts.append(f"and {len(reasons) - _MOST_REASONS} more")
    return ("; ".join(texts) or "the tax is different")[:300]


def after_lines(found: Sequence[SimulatedInvoice]) -> list[BilledLine]:
    """The lines of invoices to come, as those of invoices are compared."""
    return [
        BilledLine(
            line.subscription_id,
            line.kind,
            line.description,
            line.period,
            Decimal(line.quantity),
            line.discount_minor,
            line.net_minor,
        )
        for one in found
        for line in one.lines
    ]
