"""Limits on tries, as rules about counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.throttle import Count, Limit, make_key, network_of, slot_start, wait_seconds

LIMITS = st.builds(
    Limit, st.just("x"), st.integers(min_value=1, max_value=50), st.integers(1, 86400)
)
TIMES = st.integers(min_value=0, max_value=2**33)


@given(LIMITS, st.lists(st.integers(0, 300), min_size=1, max_size=200), TIMES)
def test_no_window_ever_holds_twice_the_limit(limit: Limit, gaps: list[int], start: int) -> None:
    counts: dict[int, int] = {}
    allowed: list[int] = []
    at = start
    for gap in gaps:
        at += gap
        slot = slot_start(at, limit)
        counts[slot] = counts.get(slot, 0) + 1
        count = Count(limit, counts[slot], counts.get(slot - limit.seconds, 0))
        if wait_seconds([count], at) == 0:
            allowed.append(at)
    for first in allowed:
        within = [one for one in allowed if first <= one < first + limit.seconds]
        assert len(within) <= 2 * limit.times
    for slot in counts:
        assert sum(slot_start(one, limit) == slot for one in allowed) <= limit.times


@given(LIMITS, st.integers(0, 100), st.integers(0, 100), TIMES)
def test_a_wait_is_never_longer_than_the_limit_looks_at(
    limit: Limit, current: int, previous: int, at: int
) -> None:
    assert 0 <= wait_seconds([Count(limit, current, previous)], at) <= limit.seconds


@given(LIMITS, TIMES)
def test_the_first_try_is_always_allowed(limit: Limit, at: int) -> None:
    assert wait_seconds([Count(limit, 1, 0)], at) == 0


def test_the_longest_wait_of_several_counts() -> None:
    short, long = Limit("a", 1, 60), Limit("b", 1, 3600)
    assert wait_seconds([Count(short, 2, 0), Count(long, 2, 0)], 10) == 3590


@given(st.ip_addresses())
def test_every_address_has_a_network(address: object) -> None:
    assert network_of(str(address)).partition("/")[2] in {"24", "48"}


@pytest.mark.parametrize("address", ["", "unix:", "999.1.1.1", "a" * 500])
def test_what_is_no_address_is_one_network(address: str) -> None:
    assert network_of(address) == "unknown"


@given(st.text(max_size=400))
def test_keys_fit_their_column(text: str) -> None:
    assert len(make_key(Limit("password-network", 1, 1), text)) < 128
