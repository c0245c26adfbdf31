"""The explanation of a document in words and sums that anybody can follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import currency, format_minor, round_half_up
from quarterday.store.queries.explain_line import Unit, explain_line

_CATEGORIES = {
    "Z": "zero rate",
    "E": "exempt from tax",
    "AE": "the customer accounts for the tax",
    "K": "intra-Community supply",
    "G": "export",
    "O": "not subject to tax",
}


def render_explanation(data: dict[str, Any]) -> Iterator[str]:
    """The lines of a text about the data of `explain_invoice`."""
    unit = Unit(data["currency"])
    kind, parties = data["kind"].capitalize(), (data["seller"]["name"], data["account"]["name"])
    yield f"{kind} {data['document']} of {parties[0]} to {parties[1]}"
    yield f"issued on {data['issued_on']}{_state(data)}"
    for line in data["lines"]:
        yield ""
        yield f"{line['position']}. {line['description']}, {_days(line)}: {unit(line['net'])}"
        yield from (f"   {text}" for text in explain_line(line, unit))
    yield ""
    yield from _explain_totals(data, unit)
    yield from _explain_rest(data, unit)


def _state(data: dict[str, Any]) -> str:
    if "due_on" in data:
        return f", due on {data['due_on']}, {data['status'].replace('_', ' ')}"
    corrects = f" for invoice {data['corrects']}" if data["corrects"] else ""
    return f"{corrects}: {data['reason']}" if data["reason"] else corrects


def _days(line: dict[str, Any]) -> str:
    """The days of a line as people say them: with the last one."""
    start, end = (date.fromisoformat(line[name]) for name in ("period_start", "period_end"))
    if end <= start:
        return f"on {start}"
    count = (end - start).days
    return f"{start} to {end - timedelta(days=1)} ({count} day{'s' if count > 1 else ''})"


def _explain_totals(data: dict[str, Any], unit: Unit) -> Iterator[str]:
    lines = data["lines"]
    included = [line for line in lines if line["tax_included"]]
    said = sum((Decimal(line["net"]) for line in lines), Decimal(0))
    without = f", {unit(data['net'])} without tax" if included else ""
    yield f"Sum of the lines: {unit(said)}{without}"
    for tax in data["taxes"]:
        yield _explain_tax(tax, unit, bool(included), bool(len(lines) - len(included)))
    yield f"Net {unit(data['net'])} + tax {unit(data['tax'])} = total {unit(data['total'])}"


def _explain_tax(tax: dict[str, str], unit: Unit, inside: bool, outside: bool) -> str:
    """One tax: its base, its rate, and how it was rounded; or why there is none."""
    if not Decimal(tax["percent"]):
        reason = f"{tax['reason'] or tax['name']} ({tax['reason_code'] or 'no code'})"
        words = _CATEGORIES.get(tax["category"], "not taxed")
        return f"No tax on {unit(tax['base'])}: {reason}; category {tax['category']}: {words}"
    head = f"{tax['name']} ({tax['code']}): {tax['percent']} % of {unit(tax['base'])}"
    known = currency(unit.code)
    exact = Fraction(tax["base"]) * Fraction(tax["percent"]) / 100
    once = format_minor(round_half_up(exact * known.scale), known) == tax["tax"]
    if inside:
        how = "taken out of prices that include it"
        how += ", and added to those that do not" if outside else ""
    else:
        how = "rounded half up once" if once else "rounded half up on each line"
    return f"{head} = {unit(tax['tax'])}, {how}; category {tax['category']}"


def _explain_rest(data: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What settled it or what it settled, what was corrected, and what the book says."""
    for one in data["settled"]:
        back, amount = Decimal(one["amount"]) < 0, unit(one["amount"].removeprefix("-"))
        if "open" in data:
            words = "taken back from" if back else "settled by"
            yield f"{one['on']}: {amount} {words} {one['source']} {one['reference']}"
        else:
            words = "taken back from" if back else "settled"
            yield f"{one['on']}: {amount} {words} invoice {one['invoice']}"
    for note in data["credit_notes"]:
        yield (
            f"{note['issued_on']}: credit note {note['credit_note']} of {unit(note['total'])}: "
            f"{note['reason']}"
        )
    if "open" in data:
        yield f"Still open: {unit(data['open'])}"
    if data["postings"]:
        yield ""
        yield "In the book (debits positive):"
    for posting in data["postings"]:
        account = posting["ledger_account"]
        yield f"   {posting['on']} {posting['entry']}: {account} {unit(posting['amount'])}"
