"""Boundaries come from the anchor, so they neither drift nor leave a day out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.period import (
    Anchoring,
    Cadence,
    Period,
    Schedule,
    Unit,
    add_cadence,
    add_months,
    clamp_day,
    local_date,
)

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
cadences = st.builds(Cadence, st.integers(1, 40), st.sampled_from(Unit))
schedules = st.builds(
    lambda start, cadence, anchoring, day: Schedule.anchored(
        start, cadence, anchoring, min(day, 7) if cadence.unit is Unit.WEEK else day
    ),
    days,
    cadences,
    st.sampled_from(Anchoring),
    st.integers(1, 31),
)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("anchor", "cadence", "expected"),
    [
        ("2023-01-31", "month", "2023-02-28 2023-03-31 2023-04-30 2023-05-31"),
        ("2024-01-31", "month", "2024-02-29 2024-03-31 2024-04-30"),
        ("2023-12-31", "2 months", "2024-02-29 2024-04-30 2024-06-30"),
        ("2024-02-29", "year", "2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("2024-02-29", "3 years", "2027-02-28 2030-02-28 2033-02-28 2036-02-29"),
        ("2022-06-03", "week", "2022-06-10 2022-06-17"),
        ("2016-04-08", "30 days", "2016-05-08 2016-06-07 2016-07-07"),
        ("2024-05-31", "quarter", "2024-08-31 2024-11-30 2025-02-28"),
    ],
)
def test_boundaries_are_clamped_and_return(anchor, cadence, expected):
    schedule = Schedule.anchored(day(anchor), Cadence.parse(cadence))
    found = [schedule.boundary(number + 1) for number in range(len(expected.split()))]
    assert [str(each) for each in found] == expected.split()


@pytest.mark.parametrize(
    ("start", "cadence", "anchor_day", "first"),
    [
        ("2012-02-16", "year", 30, "2012-02-29"),
        ("2012-01-31", "month", 30, "2012-02-29"),
        ("2012-03-03", "month", 3, "2012-03-03"),
        ("2012-01-16", "month", 13, "2012-02-13"),
        ("2012-02-16", "30 days", 30, "2012-02-16"),
        ("2026-05-13", "2 weeks", 1, "2026-05-18"),
    ],
)
def test_the_first_boundary_on_a_day_of_month_is_on_or_after_the_start(
    start, cadence, anchor_day, first
):
    anchoring = Anchoring.DAY_OF_MONTH
    schedule = Schedule.anchored(day(start), Cadence.parse(cadence), anchoring, anchor_day)
    assert schedule.anchor == day(first)


@pytest.mark.parametrize(
    ("start", "cadence", "whole"),
    [
        ("2024-05-20", "quarter", "2024-04-01 to 2024-07-01"),
        ("2024-05-20", "half-year", "2024-01-01 to 2024-07-01"),
        ("2024-05-20", "year", "2024-01-01 to 2025-01-01"),
        ("2025-10-08", "week", "2025-10-06 to 2025-10-13"),
        ("2024-05-20", "10 days", "2024-05-20 to 2024-05-30"),
    ],
)
def test_the_calendar_anchors_before_the_start(start, cadence, whole):
    schedule = Schedule.anchored(day(start), Cadence.parse(cadence), Anchoring.CALENDAR)
    assert str(schedule.containing(day(start))) == whole


def test_a_clamped_start_is_on_its_anchor_day():
    monthly = Schedule.anchored(
        day("2012-04-30"), Cadence.parse("month"), Anchoring.DAY_OF_MONTH, 31
    )
    assert monthly.containing(day("2012-04-30")) == (day("2012-04-30"), day("2012-05-31"))


@given(schedules, st.integers(-60, 60))
def test_boundaries_never_drift(schedule, number):
    cadence = schedule.cadence
    boundary = schedule.boundary(number)
    if cadence.fixed_days:
        assert boundary == schedule.anchor + timedelta(days=number * cadence.fixed_days)
    else:
        month = schedule.anchor.year * 12 + schedule.anchor.month + number * cadence.months
        assert boundary.year * 12 + boundary.month == month
        assert boundary == clamp_day(boundary.year, boundary.month, schedule.day)


@given(schedules, days)
def test_every_day_lies_in_exactly_the_period_said_to_contain_it(schedule, on):
    whole = schedule.containing(on)
    assert whole.holds(on)
    number = schedule.number_at(on)
    assert (schedule.boundary(number), schedule.boundary(number + 1)) == whole
    assert schedule.containing(whole.end - timedelta(1)) == whole
    assert schedule.containing(whole.end).start == whole.end
    assert schedule.next_boundary(on) == (on if whole.start == on else whole.end)


@given(schedules, days, st.integers(0, 1500))
def test_parts_cover_a_span_without_gap_or_overlap(schedule, start, length):
    end = start + timedelta(days=length)
    parts = list(schedule.parts(start, end))
    assert sum(part.days for part, _ in parts) == length
    if parts:
        assert (parts[0][0].start, parts[-1][0].end) == (start, end)
    assert all(before.end == after.start for (before, _), (after, _) in pairwise(parts))
    for part, whole in parts:
        assert part.days > 0
        assert whole.meets(part) == part
        assert whole == schedule.containing(part.start)


@given(days, st.integers(1, 400), st.lists(days, max_size=6))
def test_splitting_a_period_keeps_every_day(start, length, cuts):
    whole = Period(start, start + timedelta(days=length))
    parts = whole.split(*cuts)
    assert sum(part.days for part in parts) == whole.days
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert {part.start for part in parts[1:]} == {
        cut for cut in cuts if whole.start < cut < whole.end
    }


def test_periods_are_half_open():
    may, june = Period(day("2026-05-01"), day("2026-06-01")), day("2026-06-01")
    assert may.holds(day("2026-05-31"))
    assert not may.holds(june)
    assert may.meets(Period(june, day("2026-07-01"))) is None


@given(days, st.integers(-600, 600))
def test_adding_months_keeps_the_day_or_the_last_of_the_month(start, months):
    later = add_months(start, months)
    assert (later.year - start.year) * 12 + later.month - start.month == months
    assert later.day == start.day or (later + timedelta(1)).day == 1
    assert add_cadence(start, Cadence(abs(months) or 1, Unit.MONTH), 0) == start


@pytest.mark.parametrize("text", ["month", "3 months", "quarter", "fortnight", "1 year", "30 days"])
def test_cadences_read_back_what_they_print(text):
    assert Cadence.parse(str(Cadence.parse(text))) == Cadence.parse(text)


@pytest.mark.parametrize(
    "text", ["", "0 days", "-1 month", "now and then", "3 moons", "1.5 months"]
)
def test_what_is_no_cadence_is_refused(text):
    with pytest.raises(BillingError, match="no cadence"):
        Cadence.parse(text)


@pytest.mark.parametrize(("cadence", "anchor_day"), [("month", None), ("month", 32), ("week", 8)])
def test_an_impossible_anchor_day_is_refused(cadence, anchor_day):
    with pytest.raises(BillingError, match="day"):
        Schedule.anchored(
            day("2026-01-01"), Cadence.parse(cadence), Anchoring.DAY_OF_MONTH, anchor_day
        )


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        ("2012-07-16T21:17:03Z", "Europe/Paris", "2012-07-16"),
        ("2012-07-16T21:17:03Z", "Asia/Tokyo", "2012-07-17"),
        ("2015-12-01T08:09:02Z", "America/Juneau", "2015-11-30"),
        ("2024-03-10T06:59:59Z", "America/New_York", "2024-03-10"),
    ],
)
def test_an_instant_becomes_the_day_of_the_zone(instant, zone, expected):
    assert local_date(datetime.fromisoformat(instant), zone) == day(expected)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(BillingError, match="says no time zone"):
        local_date(datetime(2026, 1, 1), "UTC")
