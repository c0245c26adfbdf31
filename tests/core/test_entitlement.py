"""Whether somebody may use something, from whatever contracts they have."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.entitlement import Claim, Reason, decide
from quarterday.core.service import SERVING, ServiceCondition

CLAIMS = st.lists(
    st.builds(
        lambda number, condition, features, until, reason: Claim(
            f"sub_{number}",
            condition,
            frozenset(features),
            until,
            None if condition in SERVING else reason,
        ),
        st.integers(1, 9),
        st.sampled_from(ServiceCondition),
        st.sets(st.sampled_from(["course", "forum", "mail"]), max_size=3),
        st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.sampled_from(Reason),
    ),
    max_size=5,
)


@given(CLAIMS, st.sampled_from(["", "course", "forum"]), st.booleans())
def test_one_contract_that_runs_is_enough(claims: list[Claim], feature: str, had: bool) -> None:
    answer = decide(claims, feature, had=had)
    serving = [
        one
        for one in claims
        if one.condition in SERVING and (not feature or feature in one.features)
    ]
    assert answer.allowed == bool(serving) == (answer.reason == "")
    assert (answer.condition in SERVING) == answer.allowed
    if feature:
        assert answer.allowed == (feature in answer.features)
    if any(one.until is None for one in serving) or not serving:
        assert answer.until is None
    else:
        assert answer.until == max(one.until for one in serving if one.until)
    more = Claim("sub_x", ServiceCondition.ACTIVE, frozenset({"course", "forum"}))
    assert decide([*claims, more], feature).allowed, "a contract more never allows less"
