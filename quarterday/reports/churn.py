"""Churn: of the customers that began in a month, how many are left, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import ClassVar

from quarterday.core.buckets import Buckets, Step, cut_range
from quarterday.core.errors import BillingError
from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    UNTIL,
    Asked,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Parameter,
    ParameterKind,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.read_mrr import read_mrr
from quarterday.services.reports.tables import share
from quarterday.store.queries.reports.recurring import MrrMoved

_MOST = 24
_OF = Parameter("of", "Of", ParameterKind.CHOICE, lambda _: "customers", ("customers", "mrr"))
_NOTES = (
    "A cohort are the accounts whose MRR began in a month; those that began before the range are "
    "one cohort, which begins with the end of the first month. Month 0 is the end of the month in "
    "which a cohort began.",
    "Of customers: those with any MRR of all that ever began in the cohort; one that comes back "
    "counts again. Of mrr: what they pay against what they paid at the end of month 0, which may "
    "be more than all of it.",
    "MRR is that of the report mrr, with the same conventions.",
)


class Churn:
    """Retention of customers or of their MRR, by cohort."""

    name: ClassVar[str] = "churn"
    title: ClassVar[str] = "Churn by cohort"
    question: ClassVar[str] = "How long do customers stay?"
    group: ClassVar[str] = "Customers"
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, _OF, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each cohort and currency, one column for each month since it began."""
        buckets = cut_range(asked.period, Step.MONTH)
        if len(buckets.names) > _MOST:
            raise BillingError(f"churn looks at {_MOST} months at most; choose a later from")
        found = [one for one in read_mrr(buckets, asked.sellers) if asked.wants(one.currency)]
        is_mrr = asked.text("of") == "mrr"
        moves = _cohorts(found, _minor if is_mrr else _accounts)
        began = _cohorts(found, _began)
        rows = [
            _row(buckets, key, moves[key], began[key], is_mrr=is_mrr)
            for key in sorted(moves)
            if sum(began[key].values())
        ]
        months = tuple(
            Column(f"month_{n}", f"Month {n}", ColumnKind.RATE) for n in range(len(buckets.names))
        )
        columns = (
            Column("cohort", "Began"),
            Column("currency", "Currency"),
            Column("customers", "Customers", ColumnKind.COUNT),
            *((Column("mrr", "MRR of month 0", ColumnKind.MONEY),) if is_mrr else ()),
            *months,
        )
        question = "How much of each cohort is left after 1, 3 and 6 months?"
        known = {month.name for month in months}
        shown = tuple(name for name in ("month_1", "month_3", "month_6") if name in known)
        chart = Chart(question, ChartKind.LINES, "cohort", shown)
        return ReportResult(columns, rows, (), _NOTES, chart)


def _accounts(one: MrrMoved) -> int:
    """How a movement changes how many accounts have MRR."""
    if one.kind in ("new", "reactivation"):
        return one.accounts
    return -one.accounts if one.kind == "churn" else 0


def _began(one: MrrMoved) -> int:
    return one.accounts if one.kind == "new" else 0


def _minor(one: MrrMoved) -> int:
    return one.moved_minor


def _cohorts(
    found: list[MrrMoved], value: Callable[[MrrMoved], int]
) -> defaultdict[tuple[str, int], defaultdict[int, int]]:
    """Movements by currency and cohort, then by part of the range."""
    sums: defaultdict[tuple[str, int], defaultdict[int, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for one in found:
        sums[one.currency, one.cohort][one.place] += value(one)
    return sums


def _row(
    buckets: Buckets,
    key: tuple[str, int],
    moves: defaultdict[int, int],
    began: defaultdict[int, int],
    *,
    is_mrr: bool,
) -> ReportRow:
    currency, cohort = key
    first = max(0, cohort)
    left = sum(minor for place, minor in moves.items() if place <= first)
    customers = sum(began.values())
    whole = left if is_mrr else customers
    cells: dict[str, Cell] = {
        "cohort": buckets.names[cohort] if cohort >= 0 else "before",
        "currency": currency,
        "customers": customers,
    }
    if is_mrr:
        cells["mrr"] = left
    for since in range(len(buckets.names)):
        place = first + since
        if since:
            left += moves.get(place, 0) if place < len(buckets.names) else 0
        is_known = place < len(buckets.names)
        cells[f"month_{since}"] = share(left, whole) if is_known else None
    return ReportRow(cells)
