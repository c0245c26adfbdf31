"""The days on which European banks settle (TARGET): not weekends, and not six holidays a year."""

from __future__ import annotations

from datetime import date, timedelta

from quarterday.core.errors import BillingError

_DAY = timedelta(days=1)
# New Year, Labour Day, Christmas and the day after; Good Friday and Easter Monday move.
_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}


def find_easter(year: int) -> date:
    """Easter Sunday of a year (the Gregorian computus).

    >>> find_easter(2026), find_easter(2038)
    (datetime.date(2026, 4, 5), datetime.date(2038, 4, 25))
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, odd = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - shift + 15) % 30
    sunday = (32 + 2 * odd + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_target_day(day: date) -> bool:
    """Whether banks settle on a day.

    >>> is_target_day(date(2026, 4, 3)), is_target_day(date(2026, 4, 2))
    (False, True)
    """
    if day.weekday() >= 5 or (day.month, day.day) in _FIXED:
        return False
    return day - find_easter(day.year) not in (timedelta(days=-2), _DAY)


def next_target_day(day: date) -> date:
    """The day itself if banks settle then, otherwise the next on which they do.

    >>> next_target_day(date(2026, 12, 25))
    datetime.date(2026, 12, 28)
    """
    while not is_target_day(day):
        day += _DAY
    return day


def add_target_days(day: date, count: int) -> date:
    """The day on which banks settle ``count`` such days later; 0 is the next from the day itself.

    Raises `BillingError` for a count below 0.

    >>> add_target_days(date(2026, 4, 2), 1)
    datetime.date(2026, 4, 7)
    """
    if count < 0:
        raise BillingError(f"count must be at least 0, not {count}")
    day = next_target_day(day)
    for _ in range(count):
        day = next_target_day(day + _DAY)
    return day
