"""Usage is added up exactly, half-open, and whatever order it arrives in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.metering import (
    Aggregation,
    Measurement,
    aggregate,
    sort_measurements,
    to_quantity,
)

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
kinds = st.sampled_from(Aggregation)
instants = st.datetimes(datetime(2026, 2, 20), datetime(2026, 4, 10), timezones=st.just(UTC))
# Few values and keys, so that they repeat, and instants that collide.
measurements = st.lists(
    st.builds(
        Measurement,
        instants | st.sampled_from([START, END, START + timedelta(1)]),
        st.decimals(-50, 50, places=1),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=30,
)


def series(*values: str) -> list[Measurement]:
    return [Measurement(START + timedelta(hours=n), Decimal(v)) for n, v in enumerate(values)]


@given(kinds, measurements, st.randoms(), st.decimals(0, 9, places=1))
def test_the_order_of_arrival_does_not_matter(kind, found, random, initial):
    shuffled = random.sample(found, len(found))
    first = aggregate(kind, found, START, END, initial)
    assert aggregate(kind, shuffled, START, END, initial) == first
    assert sort_measurements(shuffled, START, END) == sort_measurements(found, START, END)


@given(kinds, measurements, st.sampled_from(["Europe/Berlin", "America/Juneau"]))
def test_the_zone_that_an_instant_is_told_in_does_not_matter(kind, found, zone):
    local = [each._replace(at=each.at.astimezone(ZoneInfo(zone))) for each in found]
    start, end = START.astimezone(ZoneInfo(zone)), END.astimezone(ZoneInfo(zone))
    assert aggregate(kind, local, start, end) == aggregate(kind, found, START, END)


@given(
    measurements, st.lists(instants.filter(lambda at: START < at < END), max_size=4, unique=True)
)
def test_adjoining_periods_count_each_measurement_once(found, cuts):
    edges = [START, *sorted(cuts), END]
    for kind in (Aggregation.SUM, Aggregation.COUNT):
        parts = [aggregate(kind, found, a, b) for a, b in pairwise(edges)]
        assert sum(parts) == aggregate(kind, found, START, END)


@given(measurements, instants.filter(lambda at: START < at < END), st.decimals(0, 9, places=1))
def test_an_average_level_is_that_of_its_parts_by_their_length(found, cut, initial):
    level = Aggregation.TIME_WEIGHTED
    first = aggregate(level, found, START, cut, initial)
    carried = aggregate(Aggregation.SUM, found, START, cut, initial)
    second = aggregate(level, found, cut, END, Decimal(carried))
    share = Fraction(
        (cut - START) // timedelta(microseconds=1), (END - START) // timedelta(microseconds=1)
    )
    assert aggregate(level, found, START, END, initial) == first * share + second * (1 - share)


def test_the_end_belongs_to_the_next_period():
    found = [Measurement(START, Decimal(1)), Measurement(END, Decimal(2))]
    assert aggregate(Aggregation.SUM, found, START, END) == 1
    assert aggregate(Aggregation.SUM, found, END, END + timedelta(1)) == 2


@pytest.mark.parametrize(
    ("kind", "values", "initial", "expected"),
    [
        ("sum", ["0.1", "0.2", "-0.3"], "5", "5"),
        ("count", ["7", "7"], "5", "2"),
        ("max", ["3", "8", "2"], "5", "8"),
        ("max", ["3"], "5", "5"),
        ("last", ["3", "8", "2"], "5", "2"),
        ("last", [], "5", "5"),
        ("unique", ["3", "3.0", "2"], "5", "2"),
        ("percentile_95", ["1"], "5", "1"),
        ("percentile_95", [], "5", "0"),
        ("time_weighted", [], "5", "5"),
        ("time_weighted", ["3"], "0", "3"),
    ],
)
def test_what_becomes_of_measurements(kind, values, initial, expected):
    assert aggregate(Aggregation(kind), series(*values), START, END, Decimal(initial)) == Decimal(
        expected
    )


@pytest.mark.parametrize(
    ("count", "billed"), [(19, 19), (20, 19), (40, 38), (100, 95), (8640, 8208)]
)
def test_the_top_five_percent_are_dropped(count, billed):
    found = [
        Measurement(START + timedelta(minutes=5 * n), Decimal(count - n)) for n in range(count)
    ]
    assert aggregate(Aggregation.PERCENTILE_95, found, START, END) == billed


def test_unique_counts_keys_not_measurements():
    found = [Measurement(START, Decimal(n), key) for n, key in enumerate(["x", "y", "x", ""])]
    assert aggregate(Aggregation.UNIQUE, found, START, END) == 3


def test_two_changes_at_one_instant_both_count():
    found = [Measurement(START, Decimal(3)), Measurement(START, Decimal(3))]
    assert aggregate(Aggregation.TIME_WEIGHTED, found, START, END) == 6


def test_a_level_is_weighted_by_elapsed_time_over_a_clock_change():
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2026, 3, 29, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)
    noon = Measurement(datetime(2026, 3, 29, 12, tzinfo=berlin), Decimal(23))
    assert aggregate(Aggregation.TIME_WEIGHTED, [noon], start, end) == 12


def test_sums_keep_every_digit():
    found = series("1" + "0" * 28, "0.000000000001")
    assert aggregate(Aggregation.SUM, found, START, END) == Decimal(
        "1" + "0" * 28 + ".000000000001"
    )


@given(st.fractions(-(10**6), 10**6))
def test_an_average_becomes_a_decimal_of_twelve_places(value):
    assert abs(Fraction(to_quantity(value)) - value) <= Fraction(1, 2 * 10**12)


def test_a_decimal_is_a_quantity_already():
    assert to_quantity(Decimal("0.1")) == Decimal("0.1")


def test_times_without_a_zone_and_empty_periods_are_refused():
    naive = Measurement(datetime(2026, 3, 2), Decimal(1))
    with pytest.raises(BillingError, match="says no time zone"):
        aggregate(Aggregation.SUM, [naive], START, END)
    with pytest.raises(BillingError, match="says no time zone"):
        aggregate(Aggregation.SUM, [], datetime(2026, 3, 1), END)
    with pytest.raises(BillingError, match="is empty"):
        aggregate(Aggregation.SUM, [], END, END)
