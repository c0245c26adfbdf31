"""Revenue by service days: exact, and the same whether lines are spread alone or together."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.buckets import Step, cut_range
from quarterday.core.money import allocate
from quarterday.core.period import Period
from quarterday.core.recognition import LikeLines, earned_minor

AMOUNTS = st.integers(-(10**12), 10**12)
DAY = date(2026, 1, 31)


@given(AMOUNTS, st.integers(1, 800), st.data())
def test_what_is_earned_is_the_sum_of_its_days_by_largest_remainder(
    total: int, days: int, data: st.DataObject
) -> None:
    served = data.draw(st.integers(0, days))
    assert earned_minor(total, days, served) == sum(allocate(total, [1] * days)[:served])
    assert earned_minor(total, days, days) == total


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.integers(0, 40), st.integers(-3, 45))
def test_lines_that_are_added_up_earn_what_each_of_them_earns(
    totals: list[int], days: int, served: int
) -> None:
    end, by = DAY + timedelta(days=days), DAY + timedelta(days=served)
    groups: dict[int, list[int]] = {}
    for total in totals:
        sign = -1 if total < 0 else 1
        rest = sign * (abs(total) % days) if days else 0
        groups.setdefault(rest, []).append((total - rest) // max(1, days))
    lines = [LikeLines(DAY, end, sum(each), rest, len(each)) for rest, each in groups.items()]
    assert sum(one.total_minor for one in lines) == sum(totals)
    assert sum(one.earned_before(by) for one in lines) == sum(
        earned_minor(total, days, served) for total in totals
    )


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(1, 390), st.sampled_from(Step))
def test_parts_of_a_range_hold_each_day_once(start: date, days: int, step: Step) -> None:
    whole = Period(start, start + timedelta(days=days))
    parts = cut_range(whole, step)
    assert sum(part.days for part in parts.periods) == days
    assert all(part.days > 0 for part in parts.periods)
    assert len(set(parts.names)) == len(parts.names) == len(parts.periods)
    for place, part in enumerate(parts.periods):
        assert parts.place(part.start) == place == parts.place(part.end - timedelta(days=1))
