"""The share of a period that was served, as an exact fraction (billing rule 4).

Nothing is rounded here but a credit, once. Every convention telescopes: the shares of the parts
of a period always sum to one, so a period that is split is billed whole.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from quarterday.core.errors import BillingError
from quarterday.core.money import round_half_up
from quarterday.core.period import Period

_ONE, _ZERO = Fraction(1), Fraction(0)
_TICK = timedelta(microseconds=1)


class Convention(StrEnum):
    """How days are counted: as they are, every month as 30, or as the seconds of civil time."""

    ACTUAL_DAYS = "actual_days"
    FIXED_30 = "fixed_30"
    SECONDS = "seconds"


class Policy(StrEnum):
    """What a part of a period costs: its share, the full price, or nothing."""

    PRORATE = "prorate"
    FULL = "full"
    NONE = "none"


def days_30(period: Period, month_days: int = 30) -> int:
    """Days of a period when each month has ``month_days``; days after those count nothing.

    It telescopes: the days of adjoining periods sum to those of both together.

    >>> from datetime import date
    >>> days_30(Period(date(2023, 2, 23), date(2023, 3, 15)))
    22
    """
    start, end = period
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * month_days + min(end.day, month_days) - min(start.day, month_days)


def fraction(
    part: Period, whole: Period, convention: Convention = Convention.ACTUAL_DAYS
) -> Fraction:
    """The share of ``whole`` that ``part`` is, by a convention of counting; 0 for an empty part.

    Seconds of civil dates are those of days of 24 hours, so clock changes alter nothing; a part
    that begins or ends within a day is for `fraction_of_time`. A whole that has no day when
    months have 30 (the 30th to the 31st) is counted in actual days.
    Raises `BillingError` for an empty whole, and for a part that does not lie in it.

    >>> from datetime import date
    >>> may = Period(date(2026, 5, 1), date(2026, 6, 1))
    >>> fraction(Period(date(2026, 5, 11), date(2026, 6, 1)), may)
    Fraction(21, 31)
    >>> fraction(Period(date(2026, 5, 11), date(2026, 6, 1)), may, Convention.FIXED_30)
    Fraction(2, 3)
    """
    if whole.start >= whole.end:
        raise BillingError(f"the period {whole} has no days to divide by")
    if not whole.start <= part.start <= part.end <= whole.end:
        raise BillingError(f"{part} does not lie in the period {whole}; split it at its bounds")
    if part == whole:
        return _ONE
    if convention is Convention.FIXED_30 and (days := days_30(whole)):
        return Fraction(days_30(part), days)
    return Fraction(part.days, whole.days)


def fraction_of_time(
    start: datetime, end: datetime, whole_start: datetime, whole_end: datetime
) -> Fraction:
    """The share of a period between two instants, by elapsed time to the microsecond.

    Give four instants with a zone, or four civil times without one; mixing them, an empty whole,
    and a part that does not lie in it raise `BillingError`.

    >>> fraction_of_time(*(datetime(2025, 6, day) for day in (16, 21, 1, 11)))
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: 2025-06-16 00:00:00 to 2025-06-21 00:00:00 does not lie \
in the period 2025-06-01 00:00:00 to 2025-06-11 00:00:00; split it at its bounds
    >>> fraction_of_time(*(datetime(2025, 6, day) for day in (6, 8, 1, 11)))
    Fraction(1, 5)
    """
    times = (start, end, whole_start, whole_end)
    if len({time.tzinfo is None for time in times}) > 1:
        raise BillingError("some of the times say their zone and some do not; give all or none")
    # Python subtracts the clock faces of two times in one zone: only UTC gives elapsed time.
    if start.tzinfo is not None:
        start, end, whole_start, whole_end = (time.astimezone(UTC) for time in times)
    if whole_start >= whole_end:
        raise BillingError(f"the period {whole_start} to {whole_end} has no time to divide by")
    if not whole_start <= start <= end <= whole_end:
        raise BillingError(
            f"{start} to {end} does not lie in the period {whole_start} to {whole_end}; "
            "split it at its bounds"
        )
    return Fraction((end - start) // _TICK, (whole_end - whole_start) // _TICK)


def factor(
    part: Period,
    whole: Period,
    convention: Convention = Convention.ACTUAL_DAYS,
    policy: Policy = Policy.PRORATE,
) -> Fraction:
    """What the price of ``whole`` is multiplied by to bill ``part``; an empty part costs nothing.

    Raises `BillingError` as `fraction` does, whatever the policy.

    >>> from datetime import date
    >>> may, half = Period(date(2026, 5, 1), date(2026, 6, 1)), date(2026, 5, 16)
    >>> [str(factor(Period(half, may.end), may, policy=policy)) for policy in Policy]
    ['16/31', '1', '0']
    """
    share = fraction(part, whole, convention)
    if policy is Policy.PRORATE or part == whole:
        return share
    return _ONE if policy is Policy.FULL and part.days else _ZERO


def cap_credit(computed_minor: int, charged_minor: int, credited_minor: int = 0) -> int:
    """A credit in minor units, cut to what is left of the charge; never negative.

    >>> cap_credit(300, 200, 50), cap_credit(100, 200, 180), cap_credit(-50, 200)
    (150, 20, 0)
    """
    return max(0, min(computed_minor, charged_minor - credited_minor))


def unused_credit(
    charged_minor: int,
    billed: Period,
    unused: Period,
    convention: Convention = Convention.ACTUAL_DAYS,
    credited_minor: int = 0,
) -> int:
    """The credit in minor units, as a positive number, for the unused part of a billed period.

    It is rounded once and never exceeds what is left of the charge; what the charge keeps is the
    charge minus the credit, so that both always sum to it. Raises `BillingError` as `fraction`.

    >>> from datetime import date
    >>> june = Period(date(2026, 6, 1), date(2026, 7, 1))
    >>> unused_credit(2000, june, Period(date(2026, 6, 11), june.end))
    1333
    """
    computed = round_half_up(charged_minor * fraction(unused, billed, convention))
    return cap_credit(computed, charged_minor, credited_minor)
