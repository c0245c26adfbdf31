"""Policies are read from outside with errors that say where, and fees never go beyond their cap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.dunning import (
    POLICIES,
    LateFee,
    Unit,
    compute_fee,
    first_moment,
    move_day,
    next_moment,
    read_policy,
    read_setup,
    to_data,
)
from quarterday.core.errors import BillingError

SEND = {"key": "a", "offset": 1, "action": "send"}
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata"]
)


@pytest.mark.parametrize("code", POLICIES)
def test_built_in_ones_come_back_from_their_data(code: str) -> None:
    policy = POLICIES[code]
    assert read_policy(to_data(policy)) == policy


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"key": "A"}, "step 1: key must be small letters"),
        ({"key": "warning"}, "not 'warning'"),
        ({"action": "shout"}, "step 1 'a': action must be one of"),
        ({"offset": None}, "offset must be a whole number from -90 to 730, not None"),
        ({"offset": True}, "step 1 'a': offset must be a whole number"),
        ({"unit": "weeks"}, "unit must be one of days, business_days, not 'weeks'"),
        ({"template": "receipt"}, "template must be one of reminder_1"),
        ({"offset": -3, "template": "overdue"}, "speaks of what is overdue; give it an offset"),
        ({"template": "reminder_before_due"}, "needs an offset below 0, not 1"),
        ({"percent": "1"}, "send knows no 'percent'"),
        ({"action": "fee"}, "step 1 'a': it charges nothing; give fixed, percent or interest"),
        ({"action": "fee", "percent": "101"}, "percent must be a number above 0 and up to 100"),
        ({"action": "fee", "fixed": 5}, 'such as EUR = "5.00", not 5'),
        ({"action": "fee", "fixed": {"EUR": "-1"}}, "fixed of EUR must be above 0"),
        ({"action": "fee", "fixed": {"XXQ": "1"}}, "step 1 'a': fixed: "),
        ({"action": "fee", "fixed": {"EUR": "1"}, "times": 3}, "times needs every_days"),
        ({"action": "suspend", "offset": -1}, "before the invoice is due"),
        ({"action": "webhook", "event": "Nope!"}, "event must be words with points"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(step: dict[str, Any], words: str) -> None:
    with pytest.raises(BillingError) as refused:
        read_policy({"code": "mine", "steps": [SEND | step]})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([SEND, SEND], "two dunning steps are called 'a'"),
        ([SEND | {"template": "overdue"}, SEND | {"key": "b", "offset": 3}], "only get firmer"),
        (
            [SEND | {"action": "suspend"}, SEND | {"key": "b", "action": "restrict", "offset": 2}],
            "would restrict after step 'a' did suspend",
        ),
        ([SEND | {"action": "write_off"}, SEND | {"key": "b", "offset": 2}], "written the invoice"),
        ("send", "steps must be a list"),
    ],
)
def test_steps_have_to_go_together(steps: Any, words: str) -> None:
    with pytest.raises(BillingError) as refused:
        read_policy({"code": "mine", "steps": steps})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"code": "none", "steps": []}, "code must be small letters"),
        ({"code": "x", "steps": [], "note": 1}, "a policy knows no 'note'"),
        ({"code": "x", "steps": [], "notice_days": 0}, "notice_days must be a whole number from 1"),
        ([], "a policy must be names and values"),
    ],
)
def test_so_has_the_policy_itself(data: Any, words: str) -> None:
    with pytest.raises(BillingError) as refused:
        read_policy(data)
    assert words in str(refused.value)


def test_the_setup_of_a_seller() -> None:
    assert read_setup("standard").policy == "standard"
    wrong: list[Any] = [{"since": "soon"}, {"hours": [9]}, {"transfer_days": 99}, {"nope": 1}, []]
    for bad in [*wrong, {"policy": "A"}]:
        with pytest.raises(BillingError, match="dunning"):
            read_setup(bad)


amounts = st.integers(0, 10**9)


@given(
    st.builds(
        LateFee,
        fixed=st.dictionaries(st.just("EUR"), amounts),
        percent=st.decimals(0, 100, places=2),
        minimum=st.dictionaries(st.just("EUR"), amounts),
        interest=st.decimals(0, 100, places=2),
        cap=st.dictionaries(st.just("EUR"), amounts),
        cap_percent=st.none() | st.decimals(0, 200, places=2),
    ),
    amounts,
    st.lists(st.integers(0, 400), max_size=8),
)
def test_fees_stay_within_their_cap_however_often(
    fee: LateFee, open_minor: int, waits: list[int]
) -> None:
    charged = 0
    for days in waits:
        amount = compute_fee(
            fee,
            "EUR",
            open_minor=open_minor,
            total_minor=open_minor,
            charged_minor=charged,
            days=days,
        )
        assert amount >= 0
        charged += amount
    if "EUR" in fee.cap:
        assert charged <= fee.cap["EUR"]
    if fee.cap_percent is not None:
        assert charged <= Decimal(open_minor) * fee.cap_percent / 100 + Decimal("0.5")
    assert (
        compute_fee(fee, "EUR", open_minor=0, total_minor=open_minor, charged_minor=0, days=9) == 0
    )


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-40, 40))
def test_working_days_are_working_days(day: date, offset: int) -> None:
    def is_working(one: date) -> bool:
        return one.weekday() < 5 and one.day != 1

    found = move_day(day, offset, Unit.BUSINESS_DAYS, is_working)
    assert is_working(found)
    step = timedelta(days=-1 if offset < 0 else 1)
    passed, at = 0, day
    while at != found:
        at += step
        passed += is_working(at)
    assert passed == abs(offset) or (offset == 0 and passed <= 1)


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), ZONES, ZONES, st.integers(0, 48))
def test_moments_lie_within_the_hours_and_not_before_the_day(
    day: date, seller: str, zone: str, later: int
) -> None:
    hours = (9, 19)
    found = first_moment(day, seller, zone, hours)
    for one in (found, next_moment(found + timedelta(hours=later), zone, hours)):
        assert 9 <= one.astimezone(ZoneInfo(zone)).hour < 19
        assert one.tzinfo is UTC
        assert all(one.astimezone(ZoneInfo(name)).date() >= day for name in (seller, zone))
    assert found - datetime(day.year, day.month, day.day, tzinfo=UTC) < timedelta(days=2)
