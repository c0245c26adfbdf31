"""Discounts: what each took off, and of how much."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import ClassVar

from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    STEP,
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
from quarterday.services.reports.tables import add_up, share
from quarterday.store.queries.reports.discounts import read_taken

_MONEY, _COUNT = ColumnKind.MONEY, ColumnKind.COUNT
_COLUMNS = (
    Column("period", "Period"),
    Column("discount", "Discount"),
    Column("currency", "Currency"),
    Column("lines", "Lines", _COUNT),
    Column("before", "Before discounts", _MONEY),
    Column("taken", "Taken off", _MONEY),
    Column("rate", "Of the amount", ColumnKind.RATE),
)
_NOTES = (
    "Of invoices by their day, in the terms of the prices: with tax where that is inside.",
    "A line with several discounts stands before each of them, so only what was taken off sums.",
    "Credit notes do not lower it: what was taken off an invoice is not changed by them.",
)


class Discounts:
    """What discounts took off invoices, by code."""

    name: ClassVar[str] = "discounts"
    title: ClassVar[str] = "Discounts"
    question: ClassVar[str] = "What do our discounts cost?"
    group: ClassVar[str] = "Revenue"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SINCE,
        UNTIL,
        STEP._replace(default=lambda _: "year"),
        CURRENCY,
    )

    def run(self, asked: Asked) -> ReportResult:
        """One row for each period, discount and currency."""
        buckets = asked.buckets
        sums: defaultdict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
        for one in read_taken(buckets.whole, asked.sellers):
            if asked.wants(one.currency):
                here = sums[one.currency, one.code, buckets.place(one.day)]
                here["lines"] += one.lines
                here["before"] += one.gross_minor
                here["taken"] += one.taken_minor
        rows = [
            ReportRow(
                {
                    "period": buckets.names[place],
                    "discount": name or "agreed by hand",
                    "currency": code,
                    **{figure: here[figure] for figure in ("lines", "before", "taken")},
                    "rate": share(here["taken"], here["before"]),
                }
            )
            for (code, name, place), here in sorted(sums.items())
        ]
        chart = Chart("Which discount costs most?", ChartKind.BARS, "discount", ("taken",))
        return ReportResult(_COLUMNS, rows, add_up(rows, ("taken",)), _NOTES, chart)
