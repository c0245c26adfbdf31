"""How late what is owed is: whatever was agreed and paid, the bands make the whole."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.aging import BANDS, age_open, band_of
from quarterday.core.instalments import Part, owed_by

DAY = date(2026, 3, 31)
offsets = st.integers(-200, 200)
plans = st.dictionaries(offsets, st.integers(1, 10**6), max_size=8)


def parts_of(plan: dict[int, int]) -> list[Part]:
    return [Part(DAY + timedelta(days=key), plan[key]) for key in sorted(plan)]


@given(offsets, plans, st.integers(0, 10**7))
def test_the_bands_make_the_whole_and_what_is_late_is_what_is_owed_by_yesterday(
    due: int, plan: dict[int, int], open_minor: int
) -> None:
    parts = parts_of(plan)
    aged = age_open(DAY + timedelta(days=due), open_minor, parts, DAY)
    assert sum(one.amount_minor for one in aged) == open_minor
    bands = [one.band for one in aged]
    assert bands == sorted(set(bands), key=BANDS.index)
    for one in aged:
        assert one.amount_minor > 0 and band_of(one.due_on, DAY) == one.band
    if parts:
        late = sum(one.amount_minor for one in aged if one.band != "not_due")
        assert late == owed_by(parts, open_minor, DAY - timedelta(days=1))


@given(offsets)
def test_a_day_more_is_never_less_late(days: int) -> None:
    due = DAY - timedelta(days=days)
    today, tomorrow = (BANDS.index(band_of(due, day)) for day in (DAY, DAY + timedelta(days=1)))
    assert today <= tomorrow
    expected = sum(days > most for most in (0, 30, 60, 90))
    assert today == expected
