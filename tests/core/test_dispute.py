"""What is known of a dispute is a matter of what was said, and not of when."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.dispute import WhenLost, is_further, read_dispute_policy
from quarterday.core.errors import BillingError

states = st.sampled_from(["opened", "returned", "lost", "won"])


@given(st.lists(states, min_size=1, max_size=5))
def test_the_last_word_is_the_same_in_any_order(said: list[str]) -> None:
    ends = set()
    for order in permutations(said):
        known = order[0]
        for one in order:
            known = one if is_further(known, one) else known
        ends.add(known)
    assert len(ends) == 1


def test_a_policy_says_what_it_knows() -> None:
    assert read_dispute_policy({}).when_lost is WhenLost.OWED
    for wrong in ({"lost": 1}, {"won": "owed"}, [], "owed"):
        with pytest.raises(BillingError, match="disputes"):
            read_dispute_policy(wrong)  # type: ignore[arg-type]
