"""When something is to be billed, and which days then: in advance or in arrears.

What has been billed is one date, ``billed_through``: the first day not yet billed. Everything
due is computed from it, so that no day is billed twice and none is lost (billing rules 7, 10).
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from quarterday.core.errors import BillingError
from quarterday.core.period import Period, Schedule, clamp_day


class Timing(StrEnum):
    """Whether a period is billed before it begins or after it has ended."""

    ADVANCE = "advance"
    ARREARS = "arrears"


def due_periods(
    schedule: Schedule,
    *,
    start: date,
    end: date | None,
    billed_through: date,
    timing: Timing,
    today: date,
    lead_days: int = 0,
    billing_day: int | None = None,
) -> list[tuple[Period, Period]]:
    """The pieces to bill today, each with the whole period that contains it.

    In advance, a piece is due ``lead_days`` before it begins; in arrears, on its last day's
    morrow. ``end`` (exclusive) cuts the last piece. Missed days catch up: every piece since
    ``billed_through`` is there. Raises `BillingError` when the end comes before the start.

    >>> from quarterday.core.period import Cadence
    >>> monthly = Schedule.anchored(date(2026, 1, 31), Cadence.parse("month"))
    >>> due = due_periods(
    ...     monthly,
    ...     start=date(2026, 1, 31),
    ...     end=None,
    ...     today=date(2026, 3, 1),
    ...     billed_through=date(2026, 1, 31),
    ...     timing=Timing.ADVANCE,
    ... )
    >>> [str(part) for part, whole in due]
    ['2026-01-31 to 2026-02-28', '2026-02-28 to 2026-03-31']
    """
    if end is not None and end < start:
        raise BillingError(f"the end {end} comes before the start {start}")
    due = []
    here = max(start, billed_through)
    while end is None or here < end:
        whole = schedule.containing(here)
        part = Period(here, whole.end if end is None else min(whole.end, end))
        if align_to_billing_day(_bill_on(part, timing, lead_days), timing, billing_day) > today:
            break
        due.append((part, whole))
        here = part.end
    return due


def next_bill_on(
    schedule: Schedule,
    *,
    end: date | None,
    billed_through: date,
    timing: Timing,
    lead_days: int = 0,
    billing_day: int | None = None,
) -> date | None:
    """The day on which the next piece is to be billed; None when nothing is left to bill.

    >>> from quarterday.core.period import Cadence
    >>> monthly = Schedule.anchored(date(2026, 1, 31), Cadence.parse("month"))
    >>> str(
    ...     next_bill_on(
    ...         monthly,
    ...         end=None,
    ...         billed_through=date(2026, 2, 28),
    ...         timing=Timing.ADVANCE,
    ...         lead_days=14,
    ...     )
    ... )
    '2026-02-14'
    """
    if end is not None and billed_through >= end:
        return None
    whole_end = schedule.containing(billed_through).end
    part = Period(billed_through, whole_end if end is None else min(whole_end, end))
    return align_to_billing_day(_bill_on(part, timing, lead_days), timing, billing_day)


def align_to_billing_day(bill_on: date, timing: Timing, billing_day: int | None) -> date:
    """Move a billing date to the account's own day of the month (1 to 31, clamped).

    What is billed in advance moves earlier, what is billed in arrears later, so that nothing is
    billed after it began or before it ended.

    >>> str(align_to_billing_day(date(2026, 3, 10), Timing.ADVANCE, 5))
    '2026-03-05'
    >>> str(align_to_billing_day(date(2026, 3, 10), Timing.ARREARS, 5))
    '2026-04-05'
    """
    if billing_day is None:
        return bill_on
    here = clamp_day(bill_on.year, bill_on.month, billing_day)
    if timing is Timing.ADVANCE and here > bill_on:
        before = bill_on.replace(day=1) - timedelta(days=1)
        return clamp_day(before.year, before.month, billing_day)
    if timing is Timing.ARREARS and here < bill_on:
        after = bill_on.replace(day=28) + timedelta(days=4)
        return clamp_day(after.year, after.month, billing_day)
    return here


def _bill_on(part: Period, timing: Timing, lead_days: int) -> date:
    """The day on which a piece becomes due to bill."""
    if timing is Timing.ARREARS:
        return part.end
    return part.start - timedelta(days=lead_days) if lead_days else part.start
