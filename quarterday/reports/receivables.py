"""Receivables: what customers owe, by how late it is."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from quarterday.ports.report import (
    AS_OF,
    CURRENCY,
    Asked,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Link,
    Parameter,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import add_up, share
from quarterday.store.queries.reports.receivables import BANDS, read_aged

BAND_TITLES = {
    "not_due": "Not due",
    "to_30": "1-30 days late",
    "to_60": "31-60 days late",
    "to_90": "61-90 days late",
    "over_90": "More than 90 days late",
    "ahead": "Paid before it was invoiced",
}
_COLUMNS = (
    Column("band", "Age"),
    Column("currency", "Currency"),
    Column("invoices", "Invoices", ColumnKind.COUNT),
    Column("owed", "Owed", ColumnKind.MONEY),
    Column("share", "Share", ColumnKind.RATE),
)
_NOTES = (
    "At the end of the day, for any day: what was settled since is put back.",
    "An invoice is not due through its due date, and one day late on the day after.",
    "One that is paid in parts is as late as each part that is open, and counts with each.",
    "The sum is that of assets:receivable in the trial balance of the same day.",
)


class Receivables:
    """What is open, aged by due date, at the end of any day."""

    name: ClassVar[str] = "receivables"
    title: ClassVar[str] = "Aged receivables"
    question: ClassVar[str] = "Who owes us how much, and how late is it?"
    group: ClassVar[str] = "Money owed"
    rank: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = (AS_OF, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each band and currency."""
        found: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        for one in read_aged(asked.day("as_of"), asked.sellers):
            if asked.wants(one.currency):
                found[one.currency][one.band] = (one.number, one.amount_minor)
        rows = []
        for code in sorted(found):
            whole = sum(minor for _, minor in found[code].values())
            for band in BANDS:
                if band == "ahead" and band not in found[code]:
                    continue
                count, minor = found[code].get(band, (0, 0))
                cells: dict[str, Cell] = {
                    "band": BAND_TITLES[band],
                    "currency": code,
                    "invoices": count,
                    "owed": minor,
                    "share": share(minor, whole),
                }
                values = {"as_of": asked.text("as_of"), "band": band, "currency": code}
                links = {"owed": Link("open_invoices", values)} if count else {}
                rows.append(ReportRow(cells, links))
        chart = Chart("How late is what is owed?", ChartKind.BARS, "band", ("owed",))
        return ReportResult(_COLUMNS, rows, add_up(rows, ("invoices", "owed")), _NOTES, chart)
