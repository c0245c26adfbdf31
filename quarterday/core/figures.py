"""Figures of days: what each counts, and how days are compared."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from quarterday.core.buckets import Buckets, Step, cut_range
from quarterday.core.period import Period, add_months


class Figure(StrEnum):
    """What is added up for each day. Amounts are above zero, but for what shrank.

    Those of ``MOVES`` and ``MRR`` stand on the first day of a month and tell of all of it, or of
    the part that is over: an account that comes and goes within a month moved nothing. Messages
    have no currency and no amount. What was deposited as credit by hand is a part of what was
    collected; what was restored was taken off what was refunded.
    """

    INVOICED = "invoiced"
    CREDITED = "credited"
    COLLECTED = "collected"
    REFUNDED = "refunded"
    DEPOSITED = "deposited"
    RESTORED = "restored"
    FAILED = "failed"
    SENT = "sent"
    BOUNCED = "bounced"
    MRR = "mrr"
    NEW = "mrr_new"
    EXPANSION = "mrr_expansion"
    REACTIVATION = "mrr_reactivation"
    CONTRACTION = "mrr_contraction"
    CHURN = "mrr_churn"


MOVES = (
    Figure.NEW,
    Figure.EXPANSION,
    Figure.REACTIVATION,
    Figure.CONTRACTION,
    Figure.CHURN,
)
MONTHLY = frozenset({Figure.MRR, *MOVES})


class Amount(NamedTuple):
    """How many, and minor units in all."""

    number: int = 0
    minor: int = 0

    def plus(self, other: Amount) -> Amount:
        """Both together.

        >>> Amount(1, 500).plus(Amount(2, -100))
        Amount(number=3, minor=400)
        """
        return Amount(self.number + other.number, self.minor + other.minor)


class DayAmount(NamedTuple):
    """A figure of a day in a currency."""

    day: date
    currency: str
    figure: Figure
    amount: Amount


def months_through(today: date, count: int) -> Buckets:
    """The last months, this one as far as it has come.

    >>> months_through(date(2026, 3, 15), 2).bounds
    (datetime.date(2026, 2, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 16))
    """
    first = add_months(today.replace(day=1), 1 - count)
    return cut_range(Period(first, today + timedelta(days=1)), Step.MONTH)


def month_so_far(today: date) -> Period:
    """This month through today.

    >>> month_so_far(date(2026, 3, 15)).end
    datetime.date(2026, 3, 16)
    """
    return Period(today.replace(day=1), today + timedelta(days=1))


def same_days_before(today: date) -> Period:
    """As many days of the month before; all of it where it is shorter, or this one is over.

    >>> same_days_before(date(2026, 3, 15)).end, same_days_before(date(2026, 3, 30)).end
    (datetime.date(2026, 2, 16), datetime.date(2026, 3, 1))
    >>> same_days_before(date(2026, 2, 28)).end
    datetime.date(2026, 2, 1)
    """
    start = add_months(today.replace(day=1), -1)
    days = monthrange(start.year, start.month)[1]
    is_last = today.day == monthrange(today.year, today.month)[1]
    return Period(start, start + timedelta(days=days if is_last else min(today.day, days)))


def runs_of_days(days: set[date]) -> list[Period]:
    """Days as few ranges, in their order.

    >>> one, two = date(2026, 1, 1), date(2026, 1, 2)
    >>> [(run.start.day, run.end.day) for run in runs_of_days({two, one, date(2026, 1, 9)})]
    [(1, 3), (9, 10)]
    """
    runs: list[Period] = []
    for day in sorted(days):
        after = day + timedelta(days=1)
        if runs and runs[-1].end == day:
            runs[-1] = Period(runs[-1].start, after)
        else:
            runs.append(Period(day, after))
    return runs
