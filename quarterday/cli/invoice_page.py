"""An invoice or a credit note on one page."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from quarterday.cli.output import print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import CreditNote, Invoice

Record = dict[str, Any]


def print_document(row: Invoice | CreditNote, as_json: bool) -> None:
    """Lines, taxes, totals, and what settled it."""
    from quarterday.store.queries.documents import describe_document

    data = describe_document(row)
    if as_json:
        print_json(data)
        return
    code = row.currency
    _print_head(data)
    say()
    lines = [_line(line, code) for line in data["lines"]]
    print_list(lines, "line description from to quantity unit_price+ net+ tax_code")
    say()
    taxes = [_tax(tax, code) for tax in data["taxes"]]
    print_list(taxes, "name rate category base+ tax_amount+ reason")
    say()
    names = [name for name in ("net", "tax", "total", "open") if name in data]
    sums = [(name, f"{Decimal(data[name]):,f} {code}") for name in names]
    width = max(len(text) for _, text in sums)
    print_facts((name.capitalize(), f"{text:>{width}}") for name, text in sums)
    if data["settled"]:
        say("\nSettled:")
        settled = [one | {"currency": code} for one in data["settled"]]
        what = "source reference" if "open" in data else "invoice"
        print_list(settled, f"on {what} amount+")


def _print_head(data: Record) -> None:
    print_facts(
        [
            (data["kind"].capitalize(), data["label"]),
            ("Id", data["id"]),
            ("Seller", data["seller_details"]["name"]),
            ("Account", f"{data['account']} ({data['account_details']['name']})"),
            ("Status", data.get("status")),
            ("Issued on", data["issued_on"]),
            ("Due on", data.get("due_on")),
            ("Corrects", data.get("corrects")),
            ("Reason", data.get("reason")),
        ]
    )


def _line(line: Record, code: str) -> Record:
    """A line with the last day of its period, as people say it; the data has the day after."""
    start, end = (date.fromisoformat(line[name]) for name in ("period_start", "period_end"))
    last = max(start, end - timedelta(days=1))
    return line | {"line": line["position"], "from": start, "to": last, "currency": code}


def _tax(tax: Record, code: str) -> Record:
    reason = ", ".join(filter(None, (tax["reason"], tax["reason_code"])))
    rate = f"{tax['percent']} %"
    return tax | {"rate": rate, "tax_amount": tax["tax"], "reason": reason, "currency": code}
