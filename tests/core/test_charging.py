"""What is due covers every day once, whatever the cadence, the settings and the days of the runs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quarterday.core.charging import Timing, align_to_billing_day, due_periods, next_bill_on
from quarterday.core.errors import BillingError
from quarterday.core.period import Cadence, Period, Schedule

ADVANCE, ARREARS = Timing.ADVANCE, Timing.ARREARS
DAY = timedelta(days=1)

days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
timings = st.sampled_from(Timing)
billing_days = st.none() | st.integers(1, 31)
schedules = st.builds(
    Schedule.anchored,
    days,
    st.sampled_from(["7 days", "10 days", "2 weeks", "month", "quarter", "year"]).map(
        Cadence.parse
    ),
)
MONTHLY = Schedule.anchored(date(2026, 1, 31), Cadence.parse("month"))


def due(
    schedule: Schedule, start: date, today: date, **terms: object
) -> list[tuple[Period, Period]]:
    given = {"end": None, "billed_through": start, "timing": ADVANCE} | terms
    return due_periods(schedule, start=start, today=today, **given)  # type: ignore[arg-type]


@given(
    schedules, days, st.none() | st.integers(0, 800), timings, st.integers(0, 60), billing_days,
    st.lists(st.integers(0, 90), min_size=1, max_size=25),
)  # fmt: skip
def test_runs_on_any_days_bill_each_day_once_and_in_order(
    schedule: Schedule,
    start: date,
    length: int | None,
    timing: Timing,
    lead: int,
    billing_day: int | None,
    steps: list[int],
) -> None:
    end = None if length is None else start + length * DAY
    lead = lead if timing is ADVANCE else 0
    through, today, parts = start, start - 40 * DAY, []
    for step in steps:
        today += step * DAY
        found = due(
            schedule, start, today, end=end, billed_through=through, timing=timing,
            lead_days=lead, billing_day=billing_day,
        )  # fmt: skip
        for part, whole in found:
            assert part.start == through
            assert part.start < part.end
            assert whole == schedule.containing(part.start)
            assert whole.start <= part.start
            assert part.end == (whole.end if end is None else min(whole.end, end))
            through = part.end
            parts.append(part)
        again = due(
            schedule, start, today, end=end, billed_through=through, timing=timing,
            lead_days=lead, billing_day=billing_day,
        )  # fmt: skip
        assert again == []
    assert sum(part.days for part in parts) == (through - start).days
    assert end is None or through <= end


@given(schedules, days, st.none() | st.integers(1, 800), timings, st.integers(0, 60), billing_days)
def test_the_next_billing_day_is_the_first_on_which_anything_is_due(
    schedule: Schedule,
    start: date,
    length: int | None,
    timing: Timing,
    lead: int,
    billing_day: int | None,
) -> None:
    end = None if length is None else start + length * DAY
    lead = lead if timing is ADVANCE else 0
    terms = {"end": end, "timing": timing, "lead_days": lead, "billing_day": billing_day}
    bill_on = next_bill_on(
        schedule, end=end, billed_through=start, timing=timing, lead_days=lead,
        billing_day=billing_day,
    )  # fmt: skip
    assert bill_on is not None
    assert due(schedule, start, bill_on - DAY, **terms) == []
    (part, _), *_ = due(schedule, start, bill_on, **terms)
    if billing_day is None:
        assert bill_on == (part.start - lead * DAY if timing is ADVANCE else part.end)
    elif timing is ADVANCE:
        assert part.start - (lead + 31) * DAY < bill_on <= part.start - lead * DAY
    else:
        assert part.end <= bill_on < part.end + 31 * DAY


@given(schedules, days, st.integers(0, 800), timings, billing_days)
def test_what_has_ended_and_is_billed_is_never_due(
    schedule: Schedule, start: date, length: int, timing: Timing, billing_day: int | None
) -> None:
    end = start + length * DAY
    asked = {"end": end, "billed_through": end, "timing": timing, "billing_day": billing_day}
    assert due(schedule, start, date(2040, 1, 1), **asked) == []
    through = next_bill_on(
        schedule, end=end, billed_through=end, timing=timing, billing_day=billing_day
    )
    assert through is None


@given(days, timings, st.integers(1, 31))
@example(date(2024, 3, 1), ADVANCE, 31)
@example(date(2023, 12, 31), ARREARS, 30)
@example(date(2026, 1, 5), ADVANCE, 31)
def test_aligning_moves_less_than_a_month_to_that_day_and_is_stable(
    day: date, timing: Timing, billing_day: int
) -> None:
    moved = align_to_billing_day(day, timing, billing_day)
    last = (moved + DAY).day == 1
    assert moved.day == billing_day or (last and moved.day < billing_day)
    assert align_to_billing_day(moved, timing, billing_day) == moved
    assert -31 < (moved - day).days <= 0 if timing is ADVANCE else 0 <= (moved - day).days < 31


def test_a_cut_period_is_due_when_its_own_part_is() -> None:
    start = date(2026, 1, 31)
    terms = {"end": date(2026, 3, 10), "timing": ARREARS}
    assert due(MONTHLY, start, date(2026, 3, 9), **terms) == [
        (Period(start, date(2026, 2, 28)), Period(start, date(2026, 2, 28)))
    ]
    assert due(MONTHLY, start, date(2026, 3, 10), **terms)[1:] == [
        (
            Period(date(2026, 2, 28), date(2026, 3, 10)),
            Period(date(2026, 2, 28), date(2026, 3, 31)),
        )
    ]


def test_missed_months_come_one_by_one() -> None:
    found = due(MONTHLY, date(2026, 1, 31), date(2026, 4, 30))
    assert [part.start.isoformat() for part, _ in found] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(BillingError, match="comes before the start"):
        due(MONTHLY, date(2026, 1, 31), date(2026, 4, 30), end=date(2026, 1, 30))
