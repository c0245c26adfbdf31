"""A code is never used oftener than it may be, whatever the order of those who ask."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.promotion import UsedUp, UseLimit, find_used_up

LIMITS = st.none() | st.integers(1, 6)


@given(LIMITS, LIMITS, st.lists(st.sampled_from("abc"), max_size=20))
def test_uses_stay_within_both_limits(
    in_all: int | None, per_account: int | None, asking: list[str]
) -> None:
    uses: Counter[str] = Counter()
    for who in asking:
        found = find_used_up(UseLimit(in_all, per_account), uses.total(), uses[who])
        if found is None:
            uses[who] += 1
        elif found is UsedUp.ALL:
            assert uses.total() == in_all
        else:
            assert uses[who] == per_account
    assert in_all is None or uses.total() <= in_all
    assert per_account is None or max(uses.values(), default=0) <= per_account
    if in_all is None and per_account is None:
        assert uses.total() == len(asking)
