"""Planning of automatic charges: never too often, never the same after a final no, never late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.collection import (
    CollectionPolicy,
    DeclineClass,
    KeptWay,
    Reason,
    Try,
    classify,
    plan_next,
    read_policy,
    wait_for_gateway,
)
from quarterday.core.errors import BillingError
from quarterday.core.payday import next_payday, read_paydays
from quarterday.ports.outcomes import DeclineCode

START = date(2026, 3, 10)
CODES = st.tuples(st.sampled_from(list(DeclineCode)), st.booleans())
WAYS = [KeptWay("a"), KeptWay("b"), KeptWay("c", date(2026, 3, 31))]
PAYDAYS = st.lists(st.one_of(st.integers(1, 31), st.just("last")), min_size=1, max_size=4)


def test_every_code_of_gateways_has_a_class() -> None:
    found = {code: classify(code) for code in DeclineCode}
    hard = {code for code, decline in found.items() if decline is DeclineClass.HARD}
    assert hard == {"expired", "wrong_details", "lost_or_stolen", "method_revoked"}
    assert {code for code, one in found.items() if one is DeclineClass.UNAVAILABLE} == {
        "unavailable",
        "not_received",
    }
    assert classify("not_authenticated", is_final=True) is DeclineClass.ACTION


@given(
    st.lists(CODES, max_size=40),
    st.integers(1, 6),
    st.integers(1, 3),
    st.booleans(),
)
def test_a_life_of_declines_ends(
    codes: list[tuple[DeclineCode, bool]], most: int, ways: int, falls_back: bool
) -> None:
    policy, today = CollectionPolicy(most_tries=most, falls_back=falls_back), START
    history: list[Try] = []
    for code, is_final in codes:
        plan = plan_next(policy, START, history, WAYS[:ways], today)
        assert plan == plan_next(policy, START, history, WAYS[:ways], today)
        if plan.on is None:
            assert plan.reason in (Reason.EXHAUSTED, Reason.REFUSED, Reason.NO_METHOD)
            break
        assert plan.on >= today
        today = plan.on
        refused = {one.method for one in history if one.decline is DeclineClass.HARD}
        assert plan.method not in refused
        if not falls_back:
            assert plan.method == "a"
        history.append(Try(today, plan.method, code, is_final))
    counted = [one for one in history if one.decline is not DeclineClass.UNAVAILABLE]
    assert len(counted) <= most


def test_a_charge_that_was_missed_is_made_today() -> None:
    plan = plan_next(CollectionPolicy(), START, [], WAYS, START + timedelta(days=9))
    assert (plan.reason, plan.on, plan.method) == (Reason.DUE, date(2026, 3, 19), "a")


def test_another_method_in_use_is_charged_at_once() -> None:
    history = [Try(START, "a", "refused")]
    plan = plan_next(CollectionPolicy(), START, history, [KeptWay("new"), KeptWay("a")], START)
    assert (plan.reason, plan.on, plan.method) == (Reason.FALL_BACK, START, "new")


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), PAYDAYS)
def test_paydays_come_soon_and_on_working_days(after: date, paydays: list[int | str]) -> None:
    day = next_payday(after, read_paydays(paydays))
    assert timedelta(days=2) <= day - after <= timedelta(days=36)
    assert day.weekday() < 5


@given(st.integers(1, 1000))
def test_a_service_is_never_left_alone_for_longer_than_half_a_day(times: int) -> None:
    assert timedelta(minutes=30) <= wait_for_gateway(times) <= timedelta(hours=12)
    assert wait_for_gateway(times) <= wait_for_gateway(times + 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"tries": 1}, "unknown 'tries'"),
        ({"most_tries": 0}, "from 1 to 15"),
        ({"most_tries": True}, "whole number"),
        ({"retry_after": {"hard": [1]}}, "never tried again"),
        ({"retry_after": {"soft": [0]}}, "from 1 to 60"),
        ({"retry_after": {"soft": 3}}, "list of at most 15"),
        ({"paydays": []}, "list of days"),
        ({"paydays": [32]}, "from 1 to 31"),
        ({"paydays": ["first"]}, "from 1 to 31"),
        ({"falls_back": 1}, "true or false"),
        ({"least": {"EUR": -1}}, "least of EUR"),
        ({"least": {"XXY": 1}}, "XXY"),
        ([], "names and values"),
    ],
)
def test_policies_that_cannot_be(data: object, said: str) -> None:
    with pytest.raises(BillingError, match=said):
        read_policy(data)  # type: ignore[arg-type]
