"""MRR: what recurs in a month, and how it moved."""

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
from quarterday.services.reports.read_mrr import read_mrr
from quarterday.services.reports.tables import fill_gaps, share

_MONEY, _COUNT = ColumnKind.MONEY, ColumnKind.COUNT
MOVES = ("new", "expansion", "reactivation", "contraction", "churn")
_COLUMNS = (
    Column("period", "Period"),
    Column("currency", "Currency"),
    Column("opening", "MRR before", _MONEY),
    *(Column(move, move.capitalize(), _MONEY) for move in MOVES),
    Column("closing", "MRR at the end", _MONEY),
    Column("customers", "Customers at the end", _COUNT),
    Column("gained", "Customers gained", _COUNT),
    Column("lost", "Customers lost", _COUNT),
    Column("net_retention", "Net retention", ColumnKind.RATE),
)
NOTES = (
    "The price of each running item, in a month: a year has 12 months and 365.25 days, so a month "
    "has 30.4375 days. Quantities count, and so do discounts that last longer than one period.",
    "An item counts from its start, or from the end of its trial, to the day before it ends. "
    "Paused ones do not count. Usage counts by its base only, minimum commitments not at all.",
    "Prices that have tax inside count with it.",
    "By account: new had none ever, reactivation had some before, churn has none left. MRR before "
    "+ movements = MRR at the end.",
)


class Mrr:
    """Monthly recurring revenue and its movements."""

    name: ClassVar[str] = "mrr"
    title: ClassVar[str] = "MRR movements"
    question: ClassVar[str] = "What recurs each month, and why did it change?"
    group: ClassVar[str] = "Customers"
    rank: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, STEP, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each period and currency."""
        buckets = asked.buckets
        sums: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        opening: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for one in read_mrr(buckets, asked.sellers):
            if one.place < 0:
                opening[one.currency]["minor"] += one.moved_minor
                if one.moved_minor and one.kind != "same":
                    opening[one.currency]["customers"] += one.accounts
                sums[0, one.currency]["seen"] += 1
                continue
            here = sums[one.place, one.currency]
            here[one.kind] += one.moved_minor
            if one.kind in ("new", "reactivation"):
                here["gained"] += one.accounts
            elif one.kind == "churn":
                here["lost"] += one.accounts
        rows = []
        for place, code in fill_gaps(sums, buckets):
            here, before = sums[place, code], opening[code]["minor"]
            after = before + sum(here[move] for move in MOVES)
            customers = opening[code]["customers"] + here["gained"] - here["lost"]
            opening[code].update(minor=after - before, customers=here["gained"] - here["lost"])
            if not asked.wants(code):
                continue
            kept = after - here["new"] - here["reactivation"]
            rows.append(
                ReportRow(
                    {
                        "period": buckets.names[place],
                        "currency": code,
                        "opening": before,
                        **{move: here[move] for move in MOVES},
                        "closing": after,
                        "customers": customers,
                        "gained": here["gained"],
                        "lost": here["lost"],
                        "net_retention": share(kept, before),
                    }
                )
            )
        chart = Chart("Why did MRR change?", ChartKind.STACKED, "period", MOVES)
        return ReportResult(_COLUMNS, rows, (), NOTES, chart)
