"""Every step once, in order, and after missed days one reminder rather than all of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.dunning import Action, DunningPolicy, DunningStep, steps_due
from quarterday.core.errors import BillingError

DUE = date(2026, 1, 1)
POLICY = DunningPolicy(
    (
        DunningStep("ahead", -3, Action.REMIND),
        DunningStep("first", 3, Action.REMIND),
        DunningStep("fee", 3, Action.CHARGE_FEE),
        DunningStep("second", 10, Action.REMIND),
        DunningStep("stop", 14, Action.SUSPEND),
    )
)
policies = st.lists(
    st.builds(
        DunningStep, st.integers(0, 99).map(str), st.integers(-5, 30), st.sampled_from(Action)
    ),
    max_size=8,
    unique_by=lambda step: step.key,
).map(lambda steps: DunningPolicy(tuple(steps)))


def due(after: int, *history: str) -> list[str]:
    found = steps_due(POLICY, DUE, history, DUE + timedelta(days=after))
    return [step.key for step in found]


@pytest.mark.parametrize(
    ("after", "history", "keys"),
    [
        (-4, [], []),
        (-3, [], ["ahead"]),
        (2, ["ahead"], []),
        (3, ["ahead"], ["first", "fee"]),
        (9, ["ahead", "first", "fee"], []),
        (20, [], ["fee", "second", "stop"]),
        (20, ["ahead", "second"], ["fee", "stop"]),
        (5, ["second"], ["fee"]),
    ],
)
def test_what_is_due(after: int, history: list[str], keys: list[str]) -> None:
    assert due(after, *history) == keys


def test_keys_of_another_policy_do_not_count() -> None:
    assert due(-3, "unknown") == ["ahead"]


@given(policies)
def test_day_by_day_each_step_comes_once_on_its_day(policy: DunningPolicy) -> None:
    history: list[str] = []
    for after in range(-6, 32):
        today = DUE + timedelta(days=after)
        found = steps_due(policy, DUE, history, today)
        assert all(step.offset_days == after for step in found)
        history += [step.key for step in found]
    # Of several steps of one action on one day only the last is taken.
    assert sorted(history) == sorted(
        {(step.action, step.offset_days): step.key for step in policy.steps}.values()
    )


@given(policies, st.sets(st.integers(-6, 60), max_size=8))
def test_whenever_it_runs_no_step_comes_twice_or_early(
    policy: DunningPolicy, days: set[int]
) -> None:
    history: list[str] = []
    for after in sorted(days):
        found = steps_due(policy, DUE, history, DUE + timedelta(days=after))
        assert len({step.action for step in found}) == len(found)
        assert all(step.offset_days <= after for step in found)
        assert [step.offset_days for step in found] == sorted(step.offset_days for step in found)
        history += [step.key for step in found]
        assert not steps_due(policy, DUE, history, DUE + timedelta(days=after))
    assert len(set(history)) == len(history)


@given(policies, st.data())
def test_order_of_steps_does_not_matter(policy: DunningPolicy, data: st.DataObject) -> None:
    other = DunningPolicy(tuple(data.draw(st.permutations(policy.steps))))
    today = DUE + timedelta(days=data.draw(st.integers(-6, 40)))
    one, two = (steps_due(each, DUE, [], today) for each in (policy, other))
    assert {(step.action, step.offset_days) for step in one} == {
        (step.action, step.offset_days) for step in two
    }


def test_two_steps_of_one_key_are_refused() -> None:
    with pytest.raises(BillingError, match="two dunning steps are called 'a'"):
        DunningPolicy((DunningStep("a", 1, Action.REMIND), DunningStep("a", 2, Action.REMIND)))
