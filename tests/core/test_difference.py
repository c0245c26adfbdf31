"""Why a bill differs from the last one: every cent has its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.difference import BilledLine, explain_difference
from quarterday.core.period import Period

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
HALF = Period(date(2026, 1, 16), date(2026, 2, 1))

lines = st.lists(
    st.builds(
        BilledLine,
        st.sampled_from([None, 1, 2]),
        st.sampled_from(["recurring", "usage", "one_off", "unused"]),
        st.sampled_from(["Web", "Mail"]),
        st.sampled_from([JANUARY, HALF]),
        st.integers(1, 5).map(Decimal),
        st.integers(0, 300),
        st.integers(-5000, 5000),
    ),
    max_size=8,
)


@given(lines, lines)
def test_the_reasons_sum_to_the_difference(
    before: list[BilledLine], after: list[BilledLine]
) -> None:
    reasons = explain_difference(before, after)
    difference = sum(one.net_minor for one in after) - sum(one.net_minor for one in before)
    assert sum(one.minor for one in reasons) == difference
    sizes = [abs(one.minor) for one in reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert explain_difference(before, before) == []


def test_each_kind_of_change_is_said() -> None:
    web = BilledLine(1, "recurring", "Web", JANUARY, Decimal(2), 0, 1000)

    def said(**change: object) -> str:
        (reason,) = explain_difference([web], [web._replace(**change)])  # type: ignore[arg-type]
        return reason.text

    assert said(quantity=Decimal(3), net_minor=1500) == "Web: 3 instead of 2"
    assert said(period=HALF, net_minor=500) == "Web: 16 days instead of 31"
    assert said(discount_minor=100, net_minor=900) == "Web: now with a discount"
    assert said(net_minor=1100) == "Web: another price"
    cheap = web._replace(discount_minor=100, net_minor=900)
    assert explain_difference([cheap], [web])[0].text == "Web: the discount has ended"
