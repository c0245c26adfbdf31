"""Collections: how what was owed was settled, how fast, and how much of it was on time."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from quarterday.core.buckets import Buckets
from quarterday.core.ledger import RECEIVABLE
from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    STEP,
    UNTIL,
    Asked,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Parameter,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import (
    Sums,
    add_up,
    fill_gaps,
    ledger_link,
    make_sums,
    part_of,
    ratio,
    share,
)
from quarterday.store.queries.reports.documents import read_issued
from quarterday.store.queries.reports.receivables import read_aged
from quarterday.store.queries.reports.settling import read_settled

_MONEY, _NUMBER = ColumnKind.MONEY, ColumnKind.NUMBER
_COLUMNS = (
    Column("period", "Period"),
    Column("currency", "Currency"),
    Column("opening", "Owed before", _MONEY),
    Column("invoiced", "Invoiced, with tax", _MONEY),
    Column("paid", "Settled by money", _MONEY),
    Column("credit", "Settled by credit", _MONEY),
    Column("credited", "Credited", _MONEY),
    Column("written_off", "Written off", _MONEY),
    Column("closing", "Owed at the end", _MONEY),
    Column("days_to_pay", "Days to pay", _NUMBER),
    Column("days_late", "Days late", _NUMBER),
    Column("on_time", "On time", ColumnKind.RATE),
    Column("dso", "DSO", _NUMBER),
)
_NOTES = (
    "Owed before + invoiced - settled - credited - written off = owed at the end.",
    "Days to pay are from the invoice's day to the day of the money or credit, weighted by amount; "
    "days late are from the due date, where what was on time counts zero. On time is the part of "
    "the settled amount that came through the due date.",
    "DSO: owed at the end, divided by what was invoiced in the period, times its days.",
)


class Collections:
    """What was settled in each period, and how long it took."""

    name: ClassVar[str] = "collections"
    title: ClassVar[str] = "Collections"
    question: ClassVar[str] = "How fast do customers pay what they owe?"
    group: ClassVar[str] = "Money in"
    rank: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, STEP, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each period and currency."""
        buckets = asked.buckets
        sums = make_sums()
        before = buckets.whole.start.fromordinal(buckets.whole.start.toordinal() - 1)
        for aged in read_aged(before, asked.sellers):
            sums[0, aged.currency]["opening"] += aged.amount_minor
        for one in read_issued(buckets.whole, asked.sellers):
            if one.kind == "invoice":
                sums[buckets.place(one.day), one.currency]["invoiced"] += one.total_minor
        for settled in read_settled(buckets.whole, asked.sellers):
            here = sums[buckets.place(settled.day), settled.currency]
            here[settled.by] += settled.amount_minor
            if settled.by in ("payment", "credit"):
                here["age"] += settled.age
                here["late"] += settled.late
                here["on_time"] += settled.on_time_minor
        rows = [
            _row(asked, buckets, sums, place, code)
            for place, code in fill_gaps(sums, buckets)
            if asked.wants(code)
        ]
        names = "invoiced paid credit credited written_off".split()
        chart = Chart(
            "How long does it take to be paid?", ChartKind.LINES, "period", ("days_to_pay", "dso")
        )
        return ReportResult(_COLUMNS, rows, add_up(rows, names), _NOTES, chart)


def _row(asked: Asked, buckets: Buckets, sums: Sums, place: int, code: str) -> ReportRow:
    """A row; what is owed at its end is what the next one begins with."""
    here: Counter[str] = sums[place, code]
    gone = here["payment"] + here["credit"] + here["credit_note"] + here["write_off"]
    closing = here["opening"] + here["invoiced"] - gone
    if place + 1 < len(buckets.names):
        sums[place + 1, code]["opening"] = closing
    came = here["payment"] + here["credit"]
    cells: dict[str, Cell] = {
        "period": buckets.names[place],
        "currency": code,
        "opening": here["opening"],
        "invoiced": here["invoiced"],
        "paid": here["payment"],
        "credit": here["credit"],
        "credited": here["credit_note"],
        "written_off": here["write_off"],
        "closing": closing,
        "days_to_pay": ratio(here["age"], came, 1),
        "days_late": ratio(here["late"], came, 1),
        "on_time": share(here["on_time"], came),
        "dso": ratio(closing * buckets.periods[place].days, here["invoiced"], 1),
    }
    part = part_of(asked, buckets, place, currency=code)
    return ReportRow(cells, {"closing": ledger_link(RECEIVABLE, part)})
