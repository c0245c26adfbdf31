"""What is wanted of a service, and that asking leads there whatever gets lost on the way."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.service import (
    Known,
    ServiceAction,
    ServiceCondition,
    choose_action,
    condition_after,
    derive_condition,
    plan_after,
)

DAY = date(2026, 3, 1)
LEVELS = st.lists(st.sampled_from(["suspended", "restricted"]), max_size=4)
C = ServiceCondition


@given(
    st.sampled_from(SubscriptionState),
    LEVELS,
    st.integers(-3, 3),
    st.booleans(),
)
def test_what_is_wanted(state: str, holds: list[str], starts_in: int, is_waiting: bool) -> None:
    start = DAY + timedelta(starts_in)
    found = derive_condition(state, start_on=start, today=DAY, holds=holds, is_waiting=is_waiting)
    if state in ("cancelled", "ended"):
        assert found is C.TERMINATED
    elif state == "pending" or is_waiting or starts_in > 0:
        assert found is C.NONE, "nobody is served before the contract begins"
    elif state == "paused" or "suspended" in holds:
        assert found is C.SUSPENDED, "the firmest hold wins"
    else:
        assert found is (C.RESTRICTED if holds else C.ACTIVE)
    fewer = derive_condition(state, start_on=start, today=DAY, is_waiting=is_waiting)
    ranks = list(C)
    assert holds or found is fewer
    assert ranks.index(found) >= ranks.index(fewer), "a hold never lets more run"


class Place:
    """A place that does what it is asked, though its answer may get lost."""

    def __init__(self) -> None:
        self.condition, self.plan = C.NONE, 0

    def carry_out(self, action: ServiceAction, plan: int) -> None:
        if action is ServiceAction.CREATE and self.condition in (C.NONE, C.TERMINATED):
            self.plan = plan
        if action is ServiceAction.CHANGE_PLAN:
            assert self.condition in (C.ACTIVE, C.RESTRICTED, C.SUSPENDED)
            self.plan = plan
        assert self.condition is not C.NONE or action in (
            ServiceAction.CREATE,
            ServiceAction.TERMINATE,
        ), "nothing is asked of what was never made"
        self.condition = condition_after(action, self.condition)


WISHES = st.tuples(st.sampled_from([C.ACTIVE, C.RESTRICTED, C.SUSPENDED]), st.integers(1, 2))


@given(st.lists(st.tuples(WISHES, st.integers(0, 3)), max_size=6), WISHES, st.booleans())
def test_asking_leads_to_what_is_wanted(
    before: list[tuple[tuple[C, int], int]], last: tuple[C, int], is_over: bool
) -> None:
    """Each wish is driven some steps, of which every other answer is lost; then all come."""
    place, known = Place(), Known(C.NONE, None, was_asked=False)
    for number, ((wanted, plan), steps) in enumerate(before):
        for step in range(steps):
            known = _step(place, known, wanted, plan, is_lost=(number + step) % 2 == 0)
    wanted, plan = (C.TERMINATED, last[1]) if is_over else last
    for _ in range(5):
        known = _step(place, known, wanted, plan, is_lost=False)
    assert choose_action(known, wanted, plan) is None, "it comes to an end"
    if place.condition is C.NONE:
        assert wanted in (C.SUSPENDED, C.TERMINATED), "nothing is made to be suspended"
    else:
        assert place.condition is wanted
        assert is_over or place.plan == plan


def _step(place: Place, known: Known, wanted: C, plan: int, *, is_lost: bool) -> Known:
    action = choose_action(known, wanted, plan)
    if action is None:
        return known
    place.carry_out(action, plan)
    is_plan = action in (ServiceAction.CREATE, ServiceAction.CHANGE_PLAN)
    if is_lost:
        is_sure = known.is_sure and action is ServiceAction.CHANGE_PLAN
        return Known(known.condition, None if is_plan else known.plan, is_sure)
    now = condition_after(action, known.condition)
    return Known(now, plan_after(action, known, plan))


def test_a_place_that_cannot_restrict_lets_it_run() -> None:
    assert choose_action(Known(C.ACTIVE, 1), C.RESTRICTED, 1, can_restrict=False) is None
    suspended = choose_action(Known(C.SUSPENDED, 1), C.RESTRICTED, 1, can_restrict=False)
    assert suspended is ServiceAction.RESTORE
