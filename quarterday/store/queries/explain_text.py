"""The explanation of a document in words and sums that anybody can follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.store.queries.explain_line import explain_line
from quarterday.store.queries.explain_words import Unit

_CATEGORIES = {
    "Z": "zero rate",
    "E": "exempt from tax",
    "AE": "the customer accounts for the tax",
    "K": "supply within the European Union",
    "G": "export",
    "O": "not subject to tax",
}


def render_explanation(data: dict[str, Any]) -> Iterator[str]:
    """The lines of a text about the data of `explain_invoice`."""
    unit, kind = Unit(data["currency"]), data["kind"].capitalize()
    parties = f"from {data['seller_details']['name']} to {data['account_details']['name']}"
    yield f"{kind} {data['label']} {parties}"
    yield f"issued on {data['issued_on']}{_state(data)}"
    taxed = {_taxed_as(line) for line in data["lines"] if Decimal(line["net"])}
    for line in data["lines"]:
        yield ""
        yield f"{line['position']}. {line['description']}, {_days(line)}: {unit(line['net'])}"
        yield from (f"   {text}" for text in explain_line(line, unit))
        if len(taxed) > 1:
            yield f"   {_explain_tax_of(line, data, unit)}"
    yield ""
    yield from _explain_totals(data, unit)
    yield from _explain_rest(data, unit)
    yield from _explain_book(data, unit)


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


def _taxed_as(line: dict[str, Any]) -> tuple[str, bool]:
    return line["tax_code"], line["tax_included"]


def _explain_tax_of(line: dict[str, Any], data: dict[str, Any], unit: Unit) -> str:
    """The taxes of a line, where the lines of a document differ in them."""
    names = {tax["code"]: tax["name"] for tax in data["taxes"]}
    said = " and ".join(names.get(code, code) for code in line["tax_code"].split("+"))
    if line["tax_included"]:
        return f"{said} included: {unit(line['base'])} without it"
    return f"{said} on top"


def _explain_totals(data: dict[str, Any], unit: Unit) -> Iterator[str]:
    lines = data["lines"]
    included = any(line["tax_included"] for line in lines)
    said = sum((Decimal(line["net"]) for line in lines), Decimal(0))
    without = f", {unit(data['net'])} without tax" if included else ""
    yield f"Sum of the lines: {unit(said)}{without}"
    for place, tax in enumerate(data["taxes"]):
        yield _explain_tax(tax, data["taxes"][:place], lines, unit)
    yield f"Net {unit(data['net'])} + tax {unit(data['tax'])} = total {unit(data['total'])}"


def _explain_tax(
    tax: dict[str, str], earlier: list[dict[str, str]], lines: list[dict[str, Any]], unit: Unit
) -> str:
    """One tax: its base, its rate, and how it was rounded; or why there is none."""
    if not Decimal(tax["percent"]):
        words = _CATEGORIES.get(tax["category"], "not taxed")
        reason = tax["reason"] or tax["name"]
        said = words if words.casefold() == reason.casefold() else f"{reason}, {words}"
        code = ", ".join(filter(None, (f"category {tax['category']}", tax["reason_code"])))
        return f"No tax on {unit(tax['base'])}: {said} ({code})"
    own = [
        one for one in lines if tax["code"] in one["tax_code"].split("+") and Decimal(one["net"])
    ]
    base, amount = Fraction(tax["base"]), Fraction(tax["tax"])
    above = ", the tax above included," if _is_on_tax(tax, earlier) else ""
    head = f"{tax['name']} ({tax['code']}): {tax['percent']} % of {unit(tax['base'])}{above}"
    exact = base * Fraction(tax["percent"]) / 100
    once = unit.minor(unit.round(exact)) == unit(tax["tax"])
    how = "" if exact == amount else ", rounded half up"
    if any(one["tax_included"] for one in own):
        outside = not all(one["tax_included"] for one in own)
        how = ", out of the prices that include it" if outside else ", which the prices include"
        how += "" if once else ", rounded so that it and the net make the price"
    elif not once:
        how = ", rounded half up on each line"
    return f"{head} = {unit(tax['tax'])}{how}"


def _is_on_tax(tax: dict[str, str], above: list[dict[str, str]]) -> bool:
    """Whether the base of a tax is that of an earlier one with its tax."""
    return any(
        Fraction(one["base"]) + Fraction(one["tax"]) == Fraction(tax["base"]) for one in above
    )


def _explain_rest(data: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What settled it or what it settled, what was corrected, and what is open."""
    for one in data["settled"]:
        back, amount = Decimal(one["amount"]) < 0, unit(one["amount"].removeprefix("-"))
        if "open" in data:
            words = "taken back from" if back else "settled by"
            yield f"{one['on']}: {amount} {words} {one['source']} {one['reference']}"
        else:
            words = "taken back from" if back else "settled"
            yield f"{one['on']}: {amount} {words} invoice {one['invoice']}"
    for grant in data["grants"]:
        left = f", of which {unit(grant['open'])} is left"
        yield f"{grant['granted_on']}: {unit(grant['amount'])} became credit of the account{left}"
    for note in data["credit_notes"]:
        words = f"credit note {note['label']} of {unit(note['total'])}: {note['reason']}"
        yield f"{note['issued_on']}: {words}"
    if "open" in data:
        yield f"Still open: {unit(data['open'])}"


def _explain_book(data: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What the book says of the document, in columns."""
    if not data["postings"]:
        return
    yield ""
    yield "In the book (debits positive):"
    rows = [
        (
            f"{one['on']}  {one['entry'].replace('_', ' ')}",
            one["ledger_account"],
            unit(one["amount"]),
        )
        for one in data["postings"]
    ]
    first, second, third = (max(len(row[place]) for row in rows) for place in range(3))
    for fact, account, amount in rows:
        yield f"   {fact:<{first}}  {account:<{second}}  {amount:>{third}}"
