"""Revenue: what was invoiced, what its service days have earned, and what is still to be earned."""

from __future__ import annotations

from typing import ClassVar

from quarterday.core.buckets import Buckets
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
)
from quarterday.store.queries.reports.documents import read_issued
from quarterday.store.queries.reports.recognition import read_like_lines

_MONEY, _COUNT = ColumnKind.MONEY, ColumnKind.COUNT
_COLUMNS = (
    Column("period", "Period"),
    Column("currency", "Currency"),
    Column("invoices", "Invoices", _COUNT),
    Column("credit_notes", "Credit notes", _COUNT),
    Column("invoiced", "Invoiced, net", _MONEY),
    Column("tax", "Tax", _MONEY),
    Column("total", "With tax", _MONEY),
    Column("recognised", "Recognised", _MONEY),
    Column("deferred_before", "Deferred before", _MONEY),
    Column("deferred", "Deferred at the end", _MONEY),
)
_NOTES = (
    "Invoiced is invoices less credit notes. Credit that was taxed when it was paid in is no "
    "revenue until it is used, and is left out.",
    "A day's part of a line is recognised on that day, or on the day of the invoice where that is "
    "later, so past periods never change. Lines without service days count on the invoice's day.",
    "Deferred before + invoiced - recognised = deferred at the end.",
)


class Revenue:
    """Invoiced, recognised and deferred, period by period."""

    name: ClassVar[str] = "revenue"
    title: ClassVar[str] = "Revenue"
    question: ClassVar[str] = "How much did we invoice, and how much of it have we earned?"
    group: ClassVar[str] = "Revenue"
    rank: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, STEP, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each period and currency."""
        buckets = asked.buckets
        sums = make_sums()
        for one in read_issued(buckets.whole, asked.sellers):
            here = sums[buckets.place(one.day), one.currency]
            here[one.kind] += one.number
            here["invoiced"] += one.net_minor
            here["tax"] += one.tax_minor
            here["total"] += one.total_minor
        _recognise(sums, buckets, asked)
        rows = [
            _row(asked, buckets, sums, place, code)
            for place, code in fill_gaps(sums, buckets)
            if asked.wants(code)
        ]
        names = "invoices credit_notes invoiced tax total recognised".split()
        chart = Chart(
            "How much did we invoice, and earn?",
            ChartKind.BARS,
            "period",
            ("invoiced", "recognised"),
        )
        return ReportResult(_COLUMNS, rows, add_up(rows, names), _NOTES, chart)


def _recognise(sums: Sums, buckets: Buckets, asked: Asked) -> None:
    """Add what each period has earned, and what was deferred before it."""
    for one in read_like_lines(buckets, asked.sellers):
        start, bounds = buckets.bounds[0], buckets.bounds
        before = 0
        if one.place < 0:
            before = one.lines.earned_before(start)
            sums[0, one.currency]["deferred"] += one.lines.total_minor - before
        for place in range(max(0, one.place), len(buckets.names)):
            earned = one.lines.earned_before(bounds[place + 1])
            sums[place, one.currency]["recognised"] += earned - before
            before = earned


def _row(asked: Asked, buckets: Buckets, sums: Sums, place: int, code: str) -> ReportRow:
    """A row; what it leaves deferred is what the next one begins with."""
    here = sums[place, code]
    after = here["deferred"] + here["invoiced"] - here["recognised"]
    if place + 1 < len(buckets.names):
        sums[place + 1, code]["deferred"] = after
    cells: dict[str, Cell] = {
        "period": buckets.names[place],
        "currency": code,
        "invoices": here["invoice"],
        "credit_notes": here["credit_note"],
        "invoiced": here["invoiced"],
        "tax": here["tax"],
        "total": here["total"],
        "recognised": here["recognised"],
        "deferred_before": here["deferred"],
        "deferred": after,
    }
    part = part_of(asked, buckets, place, currency=code)
    links = {"invoiced": ledger_link("income:", part), "tax": ledger_link("liabilities:tax:", part)}
    return ReportRow(cells, links)
