"""Instalments come to exactly what is open, and payments fill them in their order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.instalments import (
    check_parts,
    oldest_open,
    owed_by,
    read_policy,
    split_amount,
    stand,
)

DAYS = st.dates(date(2020, 1, 1), date(2060, 1, 1))
EVERY = st.sampled_from(["1 month", "2 weeks", "30 days", "1 year"])


@given(st.integers(60, 10**15), st.integers(2, 60), DAYS, EVERY)
def test_parts_are_equal_and_exact(amount: int, count: int, first: date, every: str) -> None:
    parts = split_amount(amount, count, first, every)
    amounts = [one.amount_minor for one in parts]
    assert (len(parts), sum(amounts), parts[0].due_on) == (count, amount, first)
    assert max(amounts) - min(amounts) <= 1
    assert amounts == sorted(amounts, reverse=True)
    assert check_parts(parts, amount) == parts


@given(st.integers(100, 10**9), st.integers(2, 12), DAYS, st.integers(0, 10**9), DAYS)
def test_what_is_open_is_always_somewhere(
    amount: int, count: int, first: date, open_minor: int, day: date
) -> None:
    parts = split_amount(amount, count, first)
    standing = stand(parts, open_minor)
    assert sum(one.open_minor for one in standing) == open_minor
    owed = owed_by(parts, open_minor, day)
    assert 0 <= owed <= open_minor
    # Once one is open, all that come later are.
    seen = [bool(one.open_minor) for one in standing]
    assert seen == sorted(seen)
    oldest = oldest_open(parts, open_minor)
    assert (oldest is None) == (open_minor == 0)
    if oldest is not None:
        assert (owed > 0) == (oldest.due_on <= day)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"from": 1}, "know no 'from'"),
        ({"from_minor": 1}, "currencies and minor units"),
        ({"from_minor": {"EUR": 0}}, "from 1"),
        ({"most": 61}, "from 2 to 60"),
        ({"every": "now and then"}, "no cadence"),
        ([], "names and values"),
    ],
)
def test_policies_that_cannot_be(data: object, said: str) -> None:
    with pytest.raises(BillingError, match=said):
        read_policy(data)  # type: ignore[arg-type]


def test_nobody_may_choose_a_plan_without_a_policy() -> None:
    assert not read_policy({}).allows(10**9, "EUR")
    policy = read_policy({"from_minor": {"EUR": 500}})
    assert [policy.allows(minor, "EUR") for minor in (499, 500)] == [False, True]


@pytest.mark.parametrize("count", [0, 1, 61])
def test_plans_have_from_two_to_sixty_parts(count: int) -> None:
    with pytest.raises(BillingError, match="from 2 to 60"):
        split_amount(10**6, count, date(2026, 1, 1))
