"""Periods of civil dates, and the boundaries between them, computed from an anchor.

Boundary *n* is the anchor plus *n* cadences, clamped to the month's end; it is never computed
from boundary *n - 1*, so it cannot drift (billing rules 1 to 3).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from quarterday.core.errors import BillingError


class Period(NamedTuple):
    """Half-open days ``[start, end)``.

    >>> Period(date(2026, 1, 31), date(2026, 2, 28)).days
    28
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it holds; negative when it is inside out."""
        return self.end.toordinal() - self.start.toordinal()

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.start <= day < self.end

    def meets(self, other: Period) -> Period | None:
        """The days that both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def split(self, *days: date) -> list[Period]:
        """The parts between the days that lie inside; together they are the whole.

        >>> [
        ...     part.days
        ...     for part in Period(date(2026, 1, 1), date(2026, 2, 1)).split(date(2026, 1, 11))
        ... ]
        [10, 21]
        """
        inside = sorted({day for day in days if self.start < day < self.end})
        edges = [self.start, *inside, self.end]
        return [Period(a, b) for a, b in pairwise(edges)]

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


class Unit(StrEnum):
    """What a cadence counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Anchoring(StrEnum):
    """Where boundaries come from: the start, a day of the month (or week), or the calendar."""

    START = "start"
    DAY_OF_MONTH = "day_of_month"
    CALENDAR = "calendar"


# A hundred years: what lasts longer is a slip, and would lead out of the calendar.
_LONGEST_MONTHS, _LONGEST_DAYS = 1200, 36525


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often something recurs: every ``count`` units, at least 1, at most a hundred years.

    >>> Cadence.parse("3 months"), str(Cadence.parse("month"))
    (Cadence(count=3, unit=<Unit.MONTH: 'month'>), '1 month')
    """

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise BillingError(f"{self.count} is no cadence; count at least 1")
        if self.months > _LONGEST_MONTHS or self.fixed_days > _LONGEST_DAYS:
            raise BillingError(
                f"a cadence of {self} is longer than 100 years; choose a shorter one"
            )

    @classmethod
    def parse(cls, text: str) -> Cadence:
        """Read ``month``, ``3 months``, ``30 days``, ``quarter``; raises `BillingError`."""
        named = {"quarter": "3 month", "half-year": "6 month", "fortnight": "2 week"}
        words = named.get(text.strip(), text.strip()).split()
        count, unit = ("1", *words) if len(words) == 1 else words if len(words) == 2 else ("", "")
        try:
            number, every = int(count), Unit(unit.removesuffix("s"))
        except ValueError:
            raise BillingError(
                f"{text!r} is no cadence; say a count of days, weeks, months or years: '3 months'"
            ) from None
        return cls(number, every)

    @property
    def months(self) -> int:
        """Its length in months, 0 for days and weeks."""
        return {Unit.MONTH: self.count, Unit.YEAR: 12 * self.count}.get(self.unit, 0)

    @property
    def fixed_days(self) -> int:
        """Its length in days, 0 for months and years."""
        return {Unit.DAY: self.count, Unit.WEEK: 7 * self.count}.get(self.unit, 0)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def clamp_day(year: int, month: int, day: int) -> date:
    """A day of a month, or the month's last day where it has no such day.

    >>> clamp_day(2024, 2, 31)
    datetime.date(2024, 2, 29)
    """
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(start: date, months: int, day: int | None = None) -> date:
    """``months`` later on the day of month ``day`` (by default that of ``start``), clamped.

    >>> add_months(date(2023, 1, 31), 1), add_months(date(2023, 1, 31), 2)
    (datetime.date(2023, 2, 28), datetime.date(2023, 3, 31))
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return clamp_day(year, month + 1, day or start.day)


def add_cadence(start: date, cadence: Cadence, times: int, day: int | None = None) -> date:
    """``start`` plus ``times`` cadences; ``day`` is the day of month that clamping returns to.

    >>> add_cadence(date(2024, 2, 29), Cadence.parse("year"), 1)
    datetime.date(2025, 2, 28)
    """
    if cadence.fixed_days:
        return start + timedelta(days=cadence.fixed_days * times)
    return add_months(start, cadence.months * times, day)


def local_date(instant: datetime, zone: str) -> date:
    """The civil date of an instant in a zone: the one door from instants to days (rule 1).

    Raises `BillingError` for an instant without a zone of its own.

    >>> local_date(datetime.fromisoformat("2012-07-16T21:17:03Z"), "Asia/Tokyo")
    datetime.date(2012, 7, 17)
    """
    if instant.tzinfo is None:
        raise BillingError(f"{instant} says no time zone")
    return instant.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The boundaries of a contract. ``day`` is the day of month they return to after clamping.

    >>> monthly = Schedule(date(2026, 1, 31), Cadence.parse("month"), 31)
    >>> [str(monthly.boundary(n)) for n in range(3)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """

    anchor: date
    cadence: Cadence
    day: int

    def __hash__(self) -> int:
        return hash(self.anchor)  # enough to find it by, and hot

    @classmethod
    def anchored(
        cls,
        start: date,
        cadence: Cadence,
        anchoring: Anchoring = Anchoring.START,
        day: int | None = None,
    ) -> Schedule:
        """The schedule of something that starts on a day.

        ``day`` is the day of month (1 to 31), or for weeks the ISO weekday (1 to 7), that
        ``day_of_month`` anchors to; counts of days are always anchored on the start.

        >>> Schedule.anchored(date(2026, 4, 30), Cadence.parse("month"), Anchoring.DAY_OF_MONTH, 31)
        Schedule(anchor=datetime.date(2026, 4, 30), cadence=Cadence(count=1, unit=<Unit.MONTH: 'month'>), day=31)
        """
        if anchoring is Anchoring.START or cadence.unit is Unit.DAY:
            return cls(start, cadence, start.day)
        if anchoring is Anchoring.CALENDAR:
            return cls(_calendar_anchor(start, cadence), cadence, 1)
        if day is None:
            raise BillingError("anchoring on a day of month needs that day")
        limit = 7 if cadence.unit is Unit.WEEK else 31
        if not 1 <= day <= limit:
            raise BillingError(f"the day to anchor on must be 1 to {limit}, not {day}")
        if cadence.unit is Unit.WEEK:
            return cls(start + timedelta(days=(day - start.isoweekday()) % 7), cadence, day)
        anchor = clamp_day(start.year, start.month, day)
        return cls(anchor if anchor >= start else add_months(anchor, 1, day), cadence, day)

    def boundary(self, number: int) -> date:
        """Boundary ``number``; 0 is the anchor, negative ones lie before it."""
        return add_cadence(self.anchor, self.cadence, number, self.day)

    def number_at(self, on: date) -> int:
        """The number of the last boundary on or before a day."""
        if self.cadence.fixed_days:
            return (on - self.anchor).days // self.cadence.fixed_days
        passed = (on.year - self.anchor.year) * 12 + on.month - self.anchor.month
        number = passed // self.cadence.months
        return number if self.boundary(number) <= on else number - 1

    def containing(self, on: date) -> Period:
        """The whole period in which a day lies.

        >>> quarters = Schedule.anchored(
        ...     date(2024, 5, 20), Cadence.parse("quarter"), Anchoring.CALENDAR
        ... )
        >>> quarters.containing(date(2024, 5, 20)).days
        91
        """
        number = self.number_at(on)
        return Period(self.boundary(number), self.boundary(number + 1))

    def next_boundary(self, on: date) -> date:
        """The first boundary on or after a day."""
        number = self.number_at(on)
        here = self.boundary(number)
        return here if here == on else self.boundary(number + 1)

    def parts(self, start: date, end: date) -> Iterator[tuple[Period, Period]]:
        """Each piece of ``[start, end)`` with the whole period that contains it, in order.

        Pieces neither overlap nor leave a gap: each begins where the one before it ended.
        """
        while start < end:
            whole = self.containing(start)
            yield Period(start, min(whole.end, end)), whole
            start = whole.end


def _calendar_anchor(start: date, cadence: Cadence) -> date:
    """The calendar boundary on or before a day: Monday, the first, the quarter, the year."""
    if cadence.unit is Unit.WEEK:
        weeks = (start.toordinal() - 1) // 7
        return date.fromordinal((weeks - weeks % cadence.count) * 7 + 1)
    year, month = divmod((start.year * 12 + start.month - 1) // cadence.months * cadence.months, 12)
    return date(year, month + 1, 1)
