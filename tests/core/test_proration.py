"""A period that is split is billed whole, by every convention; credits stay within charges."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.period import Anchoring, Cadence, Period, Schedule
from quarterday.core.proration import (
    Convention,
    Policy,
    cap_credit,
    days_30,
    factor,
    fraction,
    fraction_of_time,
    unused_credit,
)

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
conventions = st.sampled_from(Convention)


@st.composite
def split_periods(draw):
    start = draw(days)
    whole = Period(start, start + timedelta(days=draw(st.integers(1, 800))))
    return whole, whole.split(*draw(st.lists(st.dates(whole.start, whole.end), max_size=6)))


def period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@given(split_periods(), conventions)
def test_the_parts_of_a_period_bill_the_whole(split, convention):
    whole, parts = split
    shares = [fraction(part, whole, convention) for part in parts]
    assert sum(shares) == 1
    assert all(0 <= share <= 1 for share in shares)


@given(days, st.integers(1, 31), st.integers(1, 24), conventions, st.lists(days, max_size=4))
def test_a_contract_cut_anywhere_bills_one_price_per_period(start, day, months, convention, cuts):
    monthly = Schedule.anchored(start, Cadence.parse("month"), Anchoring.DAY_OF_MONTH, day)
    contract = Period(monthly.anchor, monthly.boundary(months))
    pieces = [each for cut in contract.split(*cuts) for each in monthly.parts(*cut)]
    assert sum(fraction(part, whole, convention) for part, whole in pieces) == months


@given(split_periods(), st.sampled_from([28, 30, 31]))
def test_counting_months_alike_telescopes(split, month_days):
    whole, parts = split
    assert sum(days_30(part, month_days) for part in parts) == days_30(whole, month_days)


@pytest.mark.parametrize(
    ("start", "end", "month_days", "expected"),
    [
        ("2023-02-15", "2023-02-23", 30, 8),
        ("2024-02-23", "2024-03-15", 30, 22),
        ("2023-02-23", "2023-03-15", 30, 22),
        ("2023-06-23", "2023-07-15", 28, 20),
        ("2023-01-30", "2023-01-31", 30, 0),
        ("2023-06-23", "2024-06-23", 30, 360),
    ],
)
def test_days_of_equal_months(start, end, month_days, expected):
    assert days_30(period(start, end), month_days) == expected


@pytest.mark.parametrize(
    ("part", "whole", "convention", "expected"),
    [
        (("2023-06-23", "2023-07-15"), ("2023-06-23", "2023-07-23"), "actual_days", "22/30"),
        (("2023-05-23", "2023-06-15"), ("2023-05-23", "2023-06-23"), "actual_days", "23/31"),
        (("2023-05-23", "2023-06-15"), ("2023-05-23", "2023-06-23"), "fixed_30", "22/30"),
        (("2023-02-23", "2023-03-15"), ("2023-02-15", "2023-03-15"), "fixed_30", "22/30"),
        (("2011-09-01", "2011-09-15"), ("2011-08-15", "2011-09-15"), "actual_days", "14/31"),
        (("2024-05-20", "2024-06-20"), ("2024-04-01", "2024-07-01"), "actual_days", "31/91"),
        (("2024-03-30", "2024-04-01"), ("2024-03-01", "2024-04-01"), "seconds", "2/31"),
    ],
)
def test_the_share_is_of_the_whole_containing_period(part, whole, convention, expected):
    share = fraction(period(*part), period(*whole), Convention(convention))
    assert share == Fraction(expected)


def test_the_thirty_first_alone_still_bills_when_months_have_thirty_days():
    whole = period("2026-01-30", "2026-01-31")
    assert fraction(whole, whole, Convention.FIXED_30) == 1
    assert fraction(Period(whole.end, whole.end), whole, Convention.FIXED_30) == 0


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (("2026-01-01", "2026-01-02"), ("2026-02-01", "2026-03-01")),
        (("2026-01-31", "2026-02-02"), ("2026-02-01", "2026-03-01")),
        (("2026-02-03", "2026-02-02"), ("2026-02-01", "2026-03-01")),
        (("2026-02-01", "2026-02-01"), ("2026-02-01", "2026-02-01")),
    ],
)
def test_a_part_outside_its_period_is_refused(part, whole, policy):
    with pytest.raises(BillingError, match="2026-02-01"):
        factor(period(*part), period(*whole), policy=policy)


@given(split_periods(), conventions)
def test_policies_charge_a_share_everything_or_nothing(split, convention):
    whole, parts = split
    for part in parts:
        assert factor(part, whole, convention) == fraction(part, whole, convention)
        assert factor(part, whole, convention, Policy.FULL) == 1
        assert factor(part, whole, convention, Policy.NONE) == (part == whole)
    empty = Period(whole.end, whole.end)
    assert [factor(empty, whole, convention, policy) for policy in Policy] == [0, 0, 0]


def test_seconds_give_what_elapsed_time_gives():
    start = datetime.fromisoformat("2017-02-14T00:00:00+00:00")
    end = start + timedelta(seconds=2419200)
    share = fraction_of_time(end - timedelta(seconds=881112), end, start, end)
    assert share == Fraction(881112, 2419200)


@given(
    st.lists(st.integers(0, 10**12), min_size=3, max_size=8, unique=True),
    st.sampled_from([None, "UTC", "Europe/Berlin", "America/Juneau"]),
)
def test_the_parts_of_a_time_bill_the_whole(ticks, zone):
    first = datetime(2026, 3, 25, tzinfo=ZoneInfo("UTC"))
    times = [first + timedelta(microseconds=tick) for tick in sorted(ticks)]
    times = [
        time.astimezone(ZoneInfo(zone)) if zone else time.replace(tzinfo=None) for time in times
    ]
    pairs = pairwise(times)
    assert sum(fraction_of_time(a, b, times[0], times[-1]) for a, b in pairs) == 1


def test_elapsed_time_knows_of_clock_changes_and_civil_time_does_not():
    berlin = ZoneInfo("Europe/Berlin")
    faces = [datetime(2026, 3, 29, 0), datetime(2026, 3, 29, 12), datetime(2026, 3, 30)]
    zoned = [face.replace(tzinfo=berlin) for face in faces]
    assert fraction_of_time(faces[0], faces[1], faces[0], faces[2]) == Fraction(1, 2)
    assert fraction_of_time(zoned[0], zoned[1], zoned[0], zoned[2]) == Fraction(11, 23)


def test_times_that_do_not_fit_are_refused():
    noon, later = datetime(2026, 1, 1, 12), datetime(2026, 1, 2)
    with pytest.raises(BillingError, match="give all or none"):
        fraction_of_time(noon, later, noon.astimezone(ZoneInfo("UTC")), later)
    with pytest.raises(BillingError, match="no time to divide by"):
        fraction_of_time(noon, noon, noon, noon)
    with pytest.raises(BillingError, match="does not lie in"):
        fraction_of_time(noon, later, noon, later - timedelta(microseconds=1))


@given(split_periods(), conventions, st.integers(0, 10**9))
def test_credits_for_all_parts_never_exceed_the_charge(split, convention, charged):
    whole, parts = split
    credited = 0
    for part in parts:
        credit = unused_credit(charged, whole, part, convention, credited)
        assert 0 <= credit <= charged - credited
        credited += credit
    assert charged - credited <= len(parts)
    assert unused_credit(charged, whole, whole, convention, credited) == charged - credited


@pytest.mark.parametrize(
    ("charged", "billed", "unused_from", "expected"),
    [
        (2000, ("2026-06-01", "2026-07-01"), "2026-06-11", 1333),
        (23990, ("2013-08-18", "2014-08-18"), "2013-09-17", 22018),
        (10000, ("2024-02-18", "2024-03-18"), "2024-02-25", 7586),
        (100000, ("2023-02-18", "2024-02-18"), "2023-09-05", 45479),
        (1000, ("2026-06-01", "2026-07-01"), "2026-07-01", 0),
        (0, ("2026-06-01", "2026-07-01"), "2026-06-01", 0),
    ],
)
def test_unused_time_is_credited_once_rounded(charged, billed, unused_from, expected):
    whole = period(*billed)
    unused = Period(date.fromisoformat(unused_from), whole.end)
    assert unused_credit(charged, whole, unused) == expected


@given(st.integers(), st.integers(), st.integers())
def test_a_credit_is_capped_by_what_is_left_of_the_charge(computed, charged, credited):
    credit = cap_credit(computed, charged, credited)
    assert credit >= 0
    assert credit == 0 or credit <= min(computed, charged - credited)
    if 0 <= computed <= charged - credited:
        assert credit == computed
