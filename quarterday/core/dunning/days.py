"""On which day a step comes, and from which hour of it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from quarterday.core.dunning.step import Unit

IsWorking = Callable[[date], bool]
_DAY = timedelta(days=1)
# No run of holidays is longer; a calendar without any working day must not hang.
_LONGEST_BREAK = 60


def is_weekday(day: date) -> bool:
    """Whether it is Monday to Friday: working days where no holidays are known.

    >>> is_weekday(date(2026, 3, 6)), is_weekday(date(2026, 3, 7))
    (True, False)
    """
    return day.weekday() < 5


def move_day(day: date, offset: int, unit: Unit, is_working: IsWorking = is_weekday) -> date:
    """The day so many days after another, or before it with a negative offset.

    In business days it is a working day itself: with 0, the first from that day on.

    >>> friday = date(2026, 3, 6)
    >>> str(move_day(friday, 3, Unit.BUSINESS_DAYS)), str(move_day(friday, 3, Unit.DAYS))
    ('2026-03-11', '2026-03-09')
    >>> str(move_day(date(2026, 3, 7), 0, Unit.BUSINESS_DAYS))
    '2026-03-09'
    """
    if unit is Unit.DAYS:
        return day + timedelta(days=offset)
    step = -_DAY if offset < 0 else _DAY
    for _ in range(abs(offset)):
        day = _find_working(day + step, step, is_working)
    return day if offset else _find_working(day, step, is_working)


def _find_working(day: date, step: timedelta, is_working: IsWorking) -> date:
    for _ in range(_LONGEST_BREAK):
        if is_working(day):
            return day
        day += step
    return day


def first_moment(day: date, seller_zone: str, zone: str, hours: tuple[int, int]) -> datetime:
    """The first instant at which a day has begun both for the seller and for the customer, within
    the customer's hours.

    >>> str(first_moment(date(2026, 3, 6), "Europe/Berlin", "America/New_York", (9, 19)))
    '2026-03-06 14:00:00+00:00'
    >>> str(first_moment(date(2026, 3, 6), "Europe/Berlin", "Pacific/Auckland", (9, 19)))
    '2026-03-05 23:00:00+00:00'
    """
    starts = [datetime.combine(day, time(), ZoneInfo(name)) for name in (seller_zone, zone)]
    return next_moment(max(starts), zone, hours)


def next_moment(now: datetime, zone: str, hours: tuple[int, int]) -> datetime:
    """Now, where it is within the hours of a zone, else when they begin next; in UTC.

    >>> evening = datetime(2026, 3, 6, 20, tzinfo=UTC)
    >>> str(next_moment(evening, "Europe/Berlin", (9, 19)))
    '2026-03-07 08:00:00+00:00'
    """
    local = now.astimezone(ZoneInfo(zone))
    begin, end = hours
    if begin <= local.hour < end:
        return now.astimezone(UTC)
    day = local.date() if local.hour < begin else local.date() + _DAY
    return datetime.combine(day, time(begin), ZoneInfo(zone)).astimezone(UTC)
