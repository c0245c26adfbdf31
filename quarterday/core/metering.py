"""Measurements to one quantity per period, exactly, whatever order they arrive in.

Instants are compared and subtracted in UTC: clock changes alter neither order nor duration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.exact import EXACT, ZERO
from quarterday.core.money import round_half_up

_TICK = timedelta(microseconds=1)


class Measurement(NamedTuple):
    """A value measured at an instant; ``key`` is what it was measured of, for ``unique``."""

    at: datetime
    value: Decimal
    key: str = ""


class Aggregation(StrEnum):
    """What becomes of the measurements of a period."""

    SUM = "sum"
    COUNT = "count"
    MAX = "max"
    LAST = "last"
    UNIQUE = "unique"
    TIME_WEIGHTED = "time_weighted"
    PERCENTILE_95 = "percentile_95"


def aggregate(
    kind: Aggregation,
    measurements: Iterable[Measurement],
    start: datetime,
    end: datetime,
    initial: Decimal = ZERO,
) -> Decimal | Fraction:
    """The quantity of ``[start, end)``, exact, in the unit of the values.

    ``initial`` is the level carried into the period: sum and time_weighted begin with it, max
    counts it, last falls back on it; the others ignore it.

    - unique counts distinct keys, and distinct values of measurements without a key;
    - time_weighted: values are changes to a running level, which is averaged over the period;
    - percentile_95 sorts the values, drops the top 5 % (rounded down to whole measurements) and
      takes the highest left: the nearest rank, as bandwidth is billed. Without any, it is 0.

    Raises `BillingError` for instants without a zone and an empty period.

    >>> day = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 11, 31)]
    >>> steps = [Measurement(day[1], Decimal(4)), Measurement(day[0], Decimal(2))]
    >>> aggregate(Aggregation.SUM, steps, day[0], day[2])
    Decimal('6')
    >>> aggregate(Aggregation.TIME_WEIGHTED, steps, day[0], day[2])
    Fraction(14, 3)
    """
    found = sort_measurements(measurements, start, end)
    return _RULES[kind](found, _to_utc(start), _to_utc(end), initial)


def sort_measurements(
    measurements: Iterable[Measurement], start: datetime, end: datetime
) -> list[Measurement]:
    """Those in ``[start, end)`` by instant, value and key; the instants become UTC.

    Raises `BillingError` for instants without a zone and an empty period.

    >>> morning = datetime.fromisoformat("2026-05-01T08:00:00+02:00")
    >>> sort_measurements([Measurement(morning, Decimal(1))], morning, morning + timedelta(1))[0].at
    datetime.datetime(2026, 5, 1, 6, 0, tzinfo=datetime.timezone.utc)
    """
    start, end = _to_utc(start), _to_utc(end)
    if start >= end:
        raise BillingError(f"the period {start} to {end} is empty; its end must come after")
    timed = (Measurement(_to_utc(at), value, key) for at, value, key in measurements)
    return sorted(each for each in timed if start <= each.at < end)


def to_quantity(value: Decimal | Fraction, places: int = 12) -> Decimal:
    """A quantity that can be stored and priced: averages are rounded to 12 places, half up.

    >>> to_quantity(Fraction(14, 3))
    Decimal('4.666666666667')
    """
    if isinstance(value, Decimal):
        return value
    return Decimal(round_half_up(value * 10**places)).scaleb(-places, EXACT)


def _to_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BillingError(f"{at} says no time zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


_Rule = Callable[[list[Measurement], datetime, datetime, Decimal], Decimal | Fraction]


def _sum(found: list[Measurement], start: datetime, end: datetime, initial: Decimal) -> Decimal:
    total = initial
    for each in found:
        total = EXACT.add(total, each.value)
    return total


def _count(found: list[Measurement], start: datetime, end: datetime, initial: Decimal) -> Decimal:
    return Decimal(len(found))


def _max(found: list[Measurement], start: datetime, end: datetime, initial: Decimal) -> Decimal:
    return max([initial, *(each.value for each in found)])


def _last(found: list[Measurement], start: datetime, end: datetime, initial: Decimal) -> Decimal:
    return found[-1].value if found else initial


def _unique(found: list[Measurement], start: datetime, end: datetime, initial: Decimal) -> Decimal:
    return Decimal(len({each.key or each.value for each in found}))


def _average_level(
    found: list[Measurement], start: datetime, end: datetime, initial: Decimal
) -> Fraction:
    whole = (end - start) // _TICK
    level = sum((Fraction(each.value) * ((end - each.at) // _TICK) for each in found), Fraction(0))
    return Fraction(initial) + level / whole


def _percentile_95(
    found: list[Measurement], start: datetime, end: datetime, initial: Decimal
) -> Decimal:
    values = sorted(each.value for each in found)
    return values[len(values) - len(values) * 5 // 100 - 1] if values else ZERO


_RULES: dict[Aggregation, _Rule] = {
    Aggregation.SUM: _sum,
    Aggregation.COUNT: _count,
    Aggregation.MAX: _max,
    Aggregation.LAST: _last,
    Aggregation.UNIQUE: _unique,
    Aggregation.TIME_WEIGHTED: _average_level,
    Aggregation.PERCENTILE_95: _percentile_95,
}
