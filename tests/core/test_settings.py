"""Settings resolve to the most special level that says something, and refuse nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.charging import Timing
from quarterday.core.errors import BillingError
from quarterday.core.settings import DEFAULTS, CreditUse, Grouping, Settings, resolve

FIELDS = "lead_days terms_days grouping billing_day credit_use tax_per_line dunning".split()
levels = st.lists(
    st.builds(
        Settings,
        lead_days=st.none() | st.integers(0, 366),
        terms_days=st.none() | st.integers(0, 366),
        grouping=st.none() | st.sampled_from(Grouping),
        billing_day=st.none() | st.integers(1, 31),
        credit_use=st.none() | st.sampled_from(CreditUse),
        tax_per_line=st.none() | st.booleans(),
        dunning=st.none() | st.sampled_from(["standard", "none"]),
    ),
    max_size=5,
)


@given(levels)
def test_the_last_level_that_says_something_wins(given_levels: list[Settings]) -> None:
    found = resolve(Timing.ADVANCE, *given_levels)
    for field in FIELDS:
        said = [getattr(level, field) for level in given_levels]
        said = [value for value in said if value is not None]
        assert getattr(found, field) == (said[-1] if said else getattr(DEFAULTS, field))


@given(levels)
def test_arrears_have_no_lead_and_are_alike_otherwise(given_levels: list[Settings]) -> None:
    ahead, after = (resolve(timing, *given_levels) for timing in Timing)
    assert after.lead_days == 0
    for field in FIELDS[1:]:
        assert getattr(ahead, field) == getattr(after, field)


@given(levels)
def test_settings_come_back_from_their_data(given_levels: list[Settings]) -> None:
    for level in given_levels:
        assert Settings.from_data(level.to_data()) == level


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"lead_day": 3}, "'lead_day' is no setting"),
        ({"lead_days": -1}, "from 0 to 366: -1"),
        ({"lead_days": 367}, "from 0 to 366: 367"),
        ({"terms_days": "14"}, "whole number from 0 to 366: '14'"),
        ({"terms_days": 1.5}, "whole number"),
        ({"dunning": 3}, "the code of a policy, such as standard, or none: 3"),
        ({"terms_days": True}, "whole number"),
        ({"billing_day": 0}, "from 1 to 31: 0"),
        ({"billing_day": 32}, "from 1 to 31: 32"),
        ({"grouping": "apart"}, "grouping must be one of together, separate"),
        ({"credit_use": 1}, "credit_use must be one of"),
        ({"tax_per_line": 1}, "tax_per_line must be true or false"),
    ],
)
def test_nonsense_is_refused_by_name(data: dict[str, Any], words: str) -> None:
    with pytest.raises(BillingError, match=words):
        Settings.from_data(data)


def test_the_defaults_are_those_of_the_billing_rules() -> None:
    found = resolve(Timing.ADVANCE)
    assert (found.lead_days, found.terms_days) == (14, 14)
    assert found.grouping is Grouping.TOGETHER
    assert found.credit_use is CreditUse.AT_ISSUE
    assert found.billing_day is None
    assert not found.tax_per_line


def test_none_is_silence() -> None:
    assert Settings.from_data({"lead_days": None, "grouping": None}) == Settings()
