"""Every step once and in order, told before it is felt, and after missed days no storm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.dunning import (
    CONSEQUENCES,
    POLICIES,
    TELLING,
    TEMPLATES,
    Action,
    Debt,
    DunningPolicy,
    DunningStep,
    LateFee,
    StepsDue,
    Taken,
    Unit,
    foresee_steps,
    steps_due,
    tone_of,
)

DUE = date(2026, 1, 1)
STANDARD = POLICIES["standard"]
SENDS = ("reminder_1", "reminder_2", "overdue", "final_notice")


@st.composite
def policies(draw: st.DrawFn) -> DunningPolicy:
    """Any policy that may be: messages that get firmer, consequences in their order."""
    steps = []
    chosen = draw(st.sets(st.sampled_from([Action.RESTRICT, Action.SUSPEND, Action.TERMINATE])))
    felt = {TEMPLATES[action][0]: action for action in chosen}
    says = sorted([*draw(st.lists(st.sampled_from(SENDS), max_size=4)), *felt], key=tone_of)
    days = sorted(draw(st.sets(st.integers(0, 60), min_size=len(says), max_size=len(says))))
    for place, (day, template) in enumerate(zip(days, says, strict=True)):
        action = felt.get(template, Action.SEND)
        steps.append(DunningStep(f"{template}_{place}", day, action, template=template))
    if draw(st.booleans()):
        steps.append(DunningStep("soon", -5, Action.SEND, template="reminder_before_due"))
    units = st.sampled_from(Unit)
    for action in draw(st.sets(st.sampled_from([Action.CHARGE, Action.TASK]))):
        steps.append(DunningStep(str(action), draw(st.integers(0, 50)), action, draw(units)))
    if draw(st.booleans()):
        steps.append(DunningStep("collections", 61 + draw(st.integers(0, 9)), Action.COLLECTIONS))
    if draw(st.booleans()):
        fee = LateFee(fixed={"EUR": 500}, every_days=draw(st.integers(0, 10)), times=4)
        steps.append(DunningStep("fee", draw(st.integers(0, 20)), Action.FEE, fee=fee))
    return DunningPolicy(
        tuple(steps),
        notice_days=draw(st.integers(1, 5)),
        end_notice_days=draw(st.integers(1, 9)),
    )


class Record:
    """Looks at an invoice on days of its own, and keeps what came of it."""

    def __init__(self, policy: DunningPolicy, debt: Debt | None = None) -> None:
        self.policy, self.debt = policy, debt or Debt(DUE)
        self.history: list[Taken] = []
        self.looks: list[tuple[date, StepsDue]] = []

    def look(self, after: int) -> StepsDue:
        day = DUE + timedelta(days=after)
        due = steps_due(self.policy, self.debt, self.history, day)
        self.looks.append((day, due))
        for outcome, found in (("done", due.take), ("passed", [one.due for one in due.passed])):
            self.history += [
                Taken(one.key, str(one.step.action), day, outcome, one.step.template)
                for one in found
            ]
        return due

    def said(self) -> list[str]:
        return [
            one.template for one in self.history if tone_of(one.template) and one.outcome == "done"
        ]


def taken(policy: DunningPolicy, *days: int, **debt: object) -> dict[int, list[str]]:
    record = Record(policy, Debt(DUE, **debt))  # type: ignore[arg-type]
    looks = {day: [one.key for one in record.look(day).take] for day in days}
    return {day: keys for day, keys in looks.items() if keys}


def test_the_standard_policy_day_by_day() -> None:
    assert taken(STANDARD, *range(-20, 60)) == {
        -7: ["reminder_before_due"],
        1: ["reminder_1"],
        3: ["reminder_2"],
        5: ["suspend"],
        7: ["final_notice"],
        30: ["terminate"],
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # Nobody is suspended who was not told: the firmest reminder first, then the notice days.
        ([6, 7, 8], {6: ["reminder_2"], 8: ["suspend"]}),
        # After a month the service is not ended at once either: each in its turn.
        (
            range(40, 60),
            {40: ["warning:2026-02-10"], 42: ["suspend"], 49: ["terminate"]},
        ),
        ([-3, 0, 2], {-3: ["reminder_before_due"], 2: ["reminder_1"]}),
    ],
)
def test_what_was_missed_is_caught_up_on(days: range, expected: dict[int, list[str]]) -> None:
    assert taken(STANDARD, *days) == expected


def test_after_a_pause_a_warning_comes_before_the_consequence() -> None:
    record = Record(STANDARD)
    for day in range(-8, 5):
        record.look(day)
    record.debt = Debt(DUE, resumed_on=DUE + timedelta(days=20))
    found = {day: [one.key for one in record.look(day).take] for day in (20, 21, 22, 29)}
    assert found == {20: ["warning:2026-01-21"], 21: [], 22: ["suspend"], 29: []}
    assert [one.key for one in record.look(30).take] == ["terminate"]


def test_an_invoice_from_elsewhere_is_not_punished_at_once() -> None:
    seen = DUE + timedelta(days=100)
    found = taken(POLICIES["isp"], *range(100, 140), first_seen=seen)
    assert found == {100: ["warning:2026-04-11"], 103: ["suspend", "equipment"]}


def test_steps_that_do_not_apply_are_passed_over_and_wait_for_nothing() -> None:
    without = {"suspend": "no service", "terminate": "no service"}
    record = Record(STANDARD, Debt(DUE, without=without))
    for day in range(-8, 40):
        record.look(day)
    assert record.said() == ["reminder_before_due", "reminder_1", "reminder_2", "final_notice"]
    assert [one.key for one in record.history if one.outcome == "passed"] == [
        "suspend",
        "terminate",
    ]


@given(policies())
def test_day_by_day_each_step_comes_once_and_nothing_before_its_day(policy: DunningPolicy) -> None:
    record = Record(policy)
    for after in range(-10, 130):
        due = record.look(after)
        assert all(one.on <= DUE + timedelta(days=after) for one in due.take)
    check(record)
    check_complete(record)


@given(policies(), st.sets(st.integers(-10, 90), max_size=12))
def test_whenever_it_runs_no_storm_and_nothing_twice(policy: DunningPolicy, days: set[int]) -> None:
    record = Record(policy)
    for after in sorted(days):
        due = record.look(after)
        kinds = [one.step.kind for one in due.take]
        assert len(set(kinds)) == len(kinds)
        again = steps_due(policy, record.debt, record.history, DUE + timedelta(days=after))
        assert (again.take, again.passed) == ((), ())
        assert again.next_on == due.next_on
        assert due.next_on is None or due.next_on > DUE + timedelta(days=after)
    # However it ran before, afterwards everything comes to the same end.
    for after in range(91, 260):
        record.look(after)
    check(record)
    check_complete(record)


@given(policies(), st.integers(-10, 60))
def test_nothing_is_missed_by_looking_only_when_something_comes(
    policy: DunningPolicy, begin: int
) -> None:
    lazy, daily = Record(policy), Record(policy)
    for after in range(begin, 200):
        daily.look(after)
        if not lazy.looks or lazy.looks[-1][1].next_on == DUE + timedelta(days=after):
            lazy.look(after)
    assert lazy.history == daily.history
    coming = foresee_steps(policy, Debt(DUE), [], DUE + timedelta(days=begin))
    done = [(one.key, one.on) for one in daily.history if one.outcome == "done"]
    assert [(one.due.key, one.on) for one in coming] == done


@given(policies(), st.data())
def test_the_order_in_which_steps_are_written_does_not_matter(
    policy: DunningPolicy, data: st.DataObject
) -> None:
    steps = list(policy.steps)
    # Steps of one day keep the order that they are given in, so only others may move.
    if len({step.order for step in steps}) < len(steps):
        return
    other = DunningPolicy(
        tuple(data.draw(st.permutations(steps))),
        notice_days=policy.notice_days,
        end_notice_days=policy.end_notice_days,
    )
    assert other.steps == policy.steps


def check(record: Record) -> None:
    keys = [one.key for one in record.history]
    assert len(set(keys)) == len(keys)
    said = record.said()
    assert [tone_of(one) for one in said] == sorted(tone_of(one) for one in said)
    ranks = [Action.RESTRICT, Action.SUSPEND, Action.TERMINATE]
    done = [Action(one.action) for one in record.history if one.outcome == "done"]
    felt = [ranks.index(one) for one in done if one in ranks]
    assert felt == sorted(felt)
    for one in record.history:
        if one.outcome == "done" and Action(one.action) in CONSEQUENCES:
            notice = timedelta(days=record.policy.notice_of(Action(one.action)))
            assert any(
                past.template in TELLING and past.on + notice <= one.on for past in record.history
            )


def check_complete(record: Record) -> None:
    keys = {one.key for one in record.history}
    assert {step.key for step in record.policy.steps} <= keys
