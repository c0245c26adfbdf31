"""Days on which people have money: wages come on certain days of the month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.period import clamp_day

Payday = int | str
_LAST = "last"
_DAY, _SATURDAY = timedelta(days=1), 5


def read_paydays(data: Any) -> tuple[Payday, ...]:
    """Days of the month from 1 to 31, or ``last`` for the last working day.

    >>> read_paydays([15, "last"])
    (15, 'last')
    """
    if not isinstance(data, list | tuple) or not data or len(data) > 31:
        raise BillingError(f"paydays must be a list of days of the month or {_LAST!r}")
    for one in data:
        is_day = isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= 31
        if not is_day and one != _LAST:
            raise BillingError(f"paydays must be days from 1 to 31 or {_LAST!r}, not {one!r}")
    return tuple(data)


def next_payday(after: date, paydays: Sequence[Payday]) -> date:
    """The first payday after a day, but not the very next one: money needs a night to be booked.

    One on a weekend moves to the Monday after it; ``last`` is the last day of a month from Monday
    to Friday.

    >>> next_payday(date(2026, 3, 3), [1, 15, "last"])
    datetime.date(2026, 3, 16)
    >>> next_payday(date(2026, 3, 16), [1, 15, "last"])
    datetime.date(2026, 3, 31)
    """
    found = []
    for months in range(3):
        month = after.year * 12 + after.month - 1 + months
        for one in paydays:
            day = 31 if one == _LAST else int(one)
            found.append(_move(clamp_day(month // 12, month % 12 + 1, day), one))
    return min(day for day in found if day > after + _DAY)


def _move(day: date, payday: Payday) -> date:
    step = -_DAY if payday == _LAST else _DAY
    while day.weekday() >= _SATURDAY:
        day += step
    return day
