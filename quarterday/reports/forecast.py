"""Forecast: what contracts charge if nothing changes, beside what was invoiced for those days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from typing import ClassVar

from quarterday.core.buckets import Buckets
from quarterday.core.period import Cadence, Schedule
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
from quarterday.services.reports.tables import add_up, fill_gaps, make_sums, share
from quarterday.services.reports.value_contracts import Worth, list_contracts, running
from quarterday.store.queries.reports.recurring import read_billed, read_expected

_MONEY = ColumnKind.MONEY
_COLUMNS = (
    Column("period", "Period"),
    Column("currency", "Currency"),
    Column("expected", "Expected", _MONEY),
    Column("recurring", "Invoiced, recurring", _MONEY),
    Column("difference", "Difference", _MONEY),
    Column("accuracy", "Of what was expected", ColumnKind.RATE),
    Column("usage", "Invoiced, usage", _MONEY),
    Column("other", "Invoiced, other", _MONEY),
    Column("actual", "Invoiced in all", _MONEY),
)
_NOTES = (
    "By the day on which the charged period begins, whenever it is invoiced; so a month that lies "
    "ahead may have been invoiced in part already.",
    "Expected: the items that run when a period begins, by their price, quantity and lasting "
    "discounts, for each whole period of theirs that begins in it, as if nobody came, changed or "
    "left. The difference is what changed since: who began, ended, paused or changed within it.",
    "Usage counts by its base only. Amounts are in the terms of the prices, with tax where that is "
    "inside, and before credit notes. `quarterday forecast` runs the billing run itself forward, "
    "account by account.",
)


def _in_three_months(today: date) -> str:
    """The end of the month in three months."""
    months = today.year * 12 + today.month + 3
    return (date(months // 12, months % 12 + 1, 1) - timedelta(days=1)).isoformat()


def _three_months_ago(today: date) -> str:
    """The first of the month three months ago."""
    months = today.year * 12 + today.month - 4
    return date(months // 12, months % 12 + 1, 1).isoformat()


class Forecast:
    """Expected recurring charges against what was invoiced."""

    name: ClassVar[str] = "forecast"
    title: ClassVar[str] = "Forecast against actual"
    question: ClassVar[str] = "What will our contracts bring, and how right were we so far?"
    group: ClassVar[str] = "Revenue"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SINCE._replace(default=_three_months_ago),
        UNTIL._replace(default=_in_three_months),
        STEP,
        CURRENCY,
    )

    def run(self, asked: Asked) -> ReportResult:
        """One row for each period and currency."""
        buckets, worth = asked.buckets, Worth()
        sums = make_sums()
        for place, currency, minor in (
            *_plain(worth, buckets, asked.sellers),
            *_discounted(worth, buckets, asked.sellers),
        ):
            sums[place, currency]["expected"] += minor
        for one in read_billed(buckets.whole, asked.sellers):
            kind = one.kind if one.kind in ("recurring", "usage") else "other"
            sums[buckets.place(one.day), one.currency][kind] += one.net_minor
        rows = []
        for place, code in fill_gaps(sums, buckets):
            if asked.wants(code):
                is_past = buckets.bounds[place] <= asked.today
                rows.append(_row(buckets.names[place], sums[place, code], code, is_past))
        names = "expected recurring difference usage other actual".split()
        chart = Chart("How right were we?", ChartKind.BARS, "period", ("expected", "recurring"))
        return ReportResult(_COLUMNS, rows, add_up(rows, names), _NOTES, chart)


def _row(name: str, here: Counter[str], code: str, is_past: bool) -> ReportRow:
    return ReportRow(
        {
            "period": name,
            "currency": code,
            "expected": here["expected"],
            "recurring": here["recurring"],
            "difference": here["recurring"] - here["expected"] if is_past else None,
            "accuracy": share(here["recurring"], here["expected"]) if is_past else None,
            "usage": here["usage"],
            "other": here["other"],
            "actual": here["recurring"] + here["usage"] + here["other"],
        }
    )


def _plain(
    worth: Worth, buckets: Buckets, sellers: Sequence[int] | None
) -> Iterator[tuple[int, str, int]]:
    """What items without discounts will charge, part by part."""
    items, begin_in = list(read_expected(buckets, sellers)), _remember(buckets)
    worth.load(item.kind for item in items)
    for item in items:
        minor = worth.of_period(item.kind) * item.number
        code = worth.currency_of(item.kind)
        begins = begin_in(item.anchor_on, item.kind.cadence, item.anchor_day)
        for place in range(max(0, item.first), min(item.last, len(buckets.names))):
            if times := begins[place]:
                yield place, code, minor * times


def _discounted(
    worth: Worth, buckets: Buckets, sellers: Sequence[int] | None
) -> Iterator[tuple[int, str, int]]:
    """The same for contracts with discounts, as they hold when each part begins."""
    begin_in = _remember(buckets)
    for items, spans in list_contracts(sellers):
        for place, day in enumerate(buckets.bounds[:-1]):
            for item, minor in running(worth, items, spans, day):
                begins = begin_in(item.anchor_on, item.kind.cadence, item.anchor_day)
                if item.begins < day and begins[place]:
                    yield place, worth.currency_of(item.kind), minor * begins[place]


def _remember(buckets: Buckets) -> Callable[[date, Cadence, int], list[int]]:
    """`_begin_in` for a range; contracts share few schedules."""
    return lru_cache(maxsize=65536)(partial(_begin_in, buckets))


def _begin_in(buckets: Buckets, anchor: date, cadence: Cadence, day: int) -> list[int]:
    """How many periods of a schedule begin in each part of the range."""
    schedule = Schedule(anchor, cadence, day)
    numbers = [schedule.number_at(bound - timedelta(days=1)) for bound in buckets.bounds]
    return [after - before for before, after in pairwise(numbers)]
