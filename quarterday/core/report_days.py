"""When a report is mailed by itself, and which days it then tells of."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from quarterday.core.period import Period, add_months

_DAY = timedelta(days=1)


class ReportEvery(StrEnum):
    """How often: each day, on Mondays, or on the first of each month."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


def next_report_day(every: ReportEvery, after: date) -> date:
    """The first day after another on which a report is due.

    >>> str(next_report_day(ReportEvery.WEEKLY, date(2026, 6, 1)))
    '2026-06-08'
    >>> str(next_report_day(ReportEvery.MONTHLY, date(2026, 12, 31)))
    '2027-01-01'
    """
    match every:
        case ReportEvery.DAILY:
            return after + _DAY
        case ReportEvery.WEEKLY:
            return after + timedelta(days=7 - after.weekday())
    return add_months(after.replace(day=1), 1)


def reported_period(every: ReportEvery, today: date) -> Period:
    """The days that a report of today tells of: the last whole day, week or month before it.

    >>> str(reported_period(ReportEvery.MONTHLY, date(2026, 6, 3)))
    '2026-05-01 to 2026-06-01'
    >>> str(reported_period(ReportEvery.WEEKLY, date(2026, 6, 3)))
    '2026-05-25 to 2026-06-01'
    """
    match every:
        case ReportEvery.DAILY:
            return Period(today - _DAY, today)
        case ReportEvery.WEEKLY:
            monday = today - timedelta(days=today.weekday())
            return Period(monday - timedelta(days=7), monday)
    first = today.replace(day=1)
    return Period(add_months(first, -1), first)
