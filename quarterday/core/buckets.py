"""Cutting a range of days into months, quarters or years, as reports show them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from quarterday.core.errors import BillingError
from quarterday.core.period import Period, add_months

_MOST = 400


class Step(StrEnum):
    """How long one row of a report is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Buckets:
    """The parts of a range, in their order, and the name of each.

    >>> parts = cut_range(Period(date(2026, 1, 15), date(2026, 3, 1)), Step.MONTH)
    >>> parts.names, parts.bounds[1]
    (('2026-01', '2026-02'), datetime.date(2026, 2, 1))
    >>> parts.place(date(2026, 2, 28)), parts.place(date(2026, 1, 1)), parts.place(parts.whole.end)
    (1, -1, 2)
    """

    whole: Period
    bounds: tuple[date, ...]
    names: tuple[str, ...]

    @property
    def periods(self) -> Sequence[Period]:
        """The parts as half-open days."""
        return [
            Period(start, end) for start, end in zip(self.bounds[:-1], self.bounds[1:], strict=True)
        ]

    def place(self, day: date) -> int:
        """Which part a day is in; -1 before the range, their count after it."""
        return bisect_right(self.bounds, day) - 1


def cut_range(whole: Period, step: Step) -> Buckets:
    """The months, quarters, weeks from Monday … of a range, its ends cut where they are.

    Raises `BillingError` for a range of no days, and for one of more than 400 parts.

    >>> cut_range(Period(date(2026, 2, 1), date(2026, 8, 1)), Step.QUARTER).names
    ('2026-Q1', '2026-Q2', '2026-Q3')
    """
    if whole.days <= 0:
        last = whole.end - timedelta(days=1)
        raise BillingError(f"the range ends on {last}, before it begins on {whole.start}")
    bounds, names, here = [whole.start], [], whole.start
    while here < whole.end:
        names.append(_name(here, step))
        here = min(_next(here, step), whole.end)
        bounds.append(here)
        if len(names) > _MOST:
            raise BillingError(
                f"{whole.start} to {whole.end} has more than {_MOST} {step}s; ask for longer ones"
            )
    return Buckets(whole, tuple(bounds), tuple(names))


def _next(day: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return day + timedelta(days=1)
        case Step.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case Step.MONTH:
            return add_months(day.replace(day=1), 1)
        case Step.QUARTER:
            return add_months(day.replace(day=1), 3 - (day.month - 1) % 3)
    return date(day.year + 1, 1, 1)


def _name(day: date, step: Step) -> str:
    match step:
        case Step.DAY:
            return day.isoformat()
        case Step.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case Step.MONTH:
            return f"{day:%Y-%m}"
        case Step.QUARTER:
            return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}"
