"""Payments: money by each way to pay, and what being paid has cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import ClassVar

from quarterday.core.ledger import clearing
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
from quarterday.services.reports.tables import add_up, ledger_link, part_of, share
from quarterday.store.queries.reports.payments import read_paid

_MONEY, _COUNT = ColumnKind.MONEY, ColumnKind.COUNT
_COLUMNS = (
    Column("period", "Period"),
    Column("method", "Way to pay"),
    Column("currency", "Currency"),
    Column("payments", "Payments", _COUNT),
    Column("received", "Received", _MONEY),
    Column("restored", "Come back", _MONEY),
    Column("refunds", "Refunds", _COUNT),
    Column("refunded", "Refunded", _MONEY),
    Column("net", "Net", _MONEY),
    Column("fees", "Fees", _MONEY),
    Column("fee_rate", "Fees of received", ColumnKind.RATE),
)
_NOTES = (
    "Received + come back + refunded = net, which is what these movements posted to the clearing "
    "account of the way to pay. Come back are disputes that were won and refunds that failed.",
    "Fees are those in the book, by the day on which they were booked: of payouts, disputes and "
    "returned debits. What a gateway has not yet paid out has no fee yet.",
)


class Payments:
    """Payments, refunds and fees by way to pay."""

    name: ClassVar[str] = "payments"
    title: ClassVar[str] = "Payments by method"
    question: ClassVar[str] = "How do customers pay, and what does each way cost us?"
    group: ClassVar[str] = "Money in"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SINCE,
        UNTIL,
        STEP._replace(default=lambda _: "year"),
        CURRENCY,
    )

    def run(self, asked: Asked) -> ReportResult:
        """One row for each period, way to pay and currency in which something moved."""
        buckets = asked.buckets
        sums: defaultdict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
        for one in read_paid(buckets.whole, asked.sellers):
            if asked.wants(one.currency):
                here = sums[one.currency, one.method, buckets.place(one.day)]
                here[one.kind] += one.amount_minor
                here["count_" + one.kind] += one.number
        rows = []
        for code, method, place in sorted(sums):
            here = sums[code, method, place]
            cells: dict[str, Cell] = {
                "period": buckets.names[place],
                "method": method or "unknown",
                "currency": code,
                "payments": here["count_received"],
                "received": here["received"],
                "restored": here["restored"],
                "refunds": here["count_refunded"],
                "refunded": here["refunded"],
                "net": here["received"] + here["restored"] + here["refunded"],
                "fees": here["fee"],
                "fee_rate": share(-here["fee"], here["received"]),
            }
            part = part_of(asked, buckets, place, currency=code)
            rows.append(ReportRow(cells, {"net": ledger_link(clearing(method), part)}))
        names = "payments received restored refunds refunded net fees".split()
        chart = Chart("Which way does money come?", ChartKind.BARS, "method", ("received",))
        return ReportResult(_COLUMNS, rows, add_up(rows, names), _NOTES, chart)
