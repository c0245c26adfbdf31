"""Credit liability: what customers have paid in or been given and not used."""

from __future__ import annotations

from typing import ClassVar

from quarterday.core.ledger import CREDIT
from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    UNTIL,
    Asked,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Parameter,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import add_up, ledger_link
from quarterday.store.queries.reports.credit import MOVES, read_credit

_MONEY = ColumnKind.MONEY
_TITLES = {
    "deposit": "Paid in",
    "overpayment": "Overpaid",
    "credit_note": "From credit notes",
    "promotional": "Promotional",
    "goodwill": "Goodwill",
}
_COLUMNS = (
    Column("kind", "Credit"),
    Column("currency", "Currency"),
    Column("opening", "Held before", _MONEY),
    *(Column(move, move.capitalize(), _MONEY) for move in MOVES),
    Column("closing", "Held at the end", _MONEY),
)
_NOTES = (
    "Held before + all movements = held at the end, which is liabilities:credit of the book.",
    "Credit that went back from an invoice lowers what was used.",
)


class CreditLiability:
    """Credit by kind: held before, granted, used, gone otherwise, held at the end."""

    name: ClassVar[str] = "credit_liability"
    title: ClassVar[str] = "Credit liability"
    question: ClassVar[str] = "How much credit do customers hold, and what became of it?"
    group: ClassVar[str] = "Money owed"
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each kind of credit and currency."""
        values = {"from": asked.text("from"), "until": asked.text("until")}
        rows = [
            ReportRow(
                {
                    "kind": _TITLES.get(one.kind, one.kind),
                    "currency": one.currency,
                    "opening": one.opening_minor,
                    **one.moves,
                    "closing": one.closing_minor,
                },
                {"closing": ledger_link(CREDIT, {**values, "currency": one.currency})},
            )
            for one in read_credit(asked.period, asked.sellers)
            if asked.wants(one.currency)
        ]
        names = ["opening", *MOVES, "closing"]
        chart = Chart("Which credit is held?", ChartKind.BARS, "kind", ("closing",))
        return ReportResult(_COLUMNS, rows, add_up(rows, names), _NOTES, chart)
