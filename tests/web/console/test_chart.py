"""Charts: zero on the axis, the same figures in the table, and bars as long as their amounts."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from quarterday.web.console.chart import (
    COUNT,
    RATE,
    Chart,
    Place,
    Series,
    Tone,
    bar_chart,
    line_chart,
    money_unit,
)
from quarterday.web.console.chart_scale import make_scale

_AMOUNTS = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20)


@given(_AMOUNTS, st.booleans())
def test_a_scale_holds_zero_and_every_value(values: list[int], is_whole: bool) -> None:
    scale = make_scale(values, 180, is_whole=is_whole)
    assert 0 in scale.marks
    assert 2 <= len(scale.marks) <= 8
    assert all(0 <= scale.y(value) <= 180 for value in values)
    assert not is_whole or all(mark.denominator == 1 for mark in scale.marks)


@given(_AMOUNTS)
def test_bars_of_a_place_are_as_long_as_its_amounts(values: list[int]) -> None:
    places = [Place(str(index)) for index in range(len(values))]
    series = [Series("a", Tone.GOOD, values), Series("b", Tone.BAD, [-one for one in values])]
    chart = bar_chart("How much?", places, series, money_unit("EUR"))
    unit = (chart.scale.marks[-1] - chart.scale.marks[0]) / chart.scale.height
    for value, spot in zip(values, chart.spots, strict=True):
        assert len(spot.bars) == (2 if value else 0)
        for bar in spot.bars:
            length = max(Fraction(1), abs(value) / unit)
            assert abs(Fraction(bar.height) - length) <= Fraction(1, 100)


def test_a_picture_says_its_figures_and_leads_to_their_lists() -> None:
    places = [Place("Jan", "January 2026", "/list/?on=1"), Place("Feb", "February 2026")]
    series = [Series("In", Tone.GOOD, [120_000, 0]), Series("Out", Tone.BAD, [-50, None])]
    html = _draw(bar_chart("What moved?", places, series, money_unit("EUR")))
    assert html.count('href="/list/?on=1"') == 2
    assert 'aria-label="January 2026: In 1,200.00 €, Out −0.50 €"' in html
    assert re.search(r"<td[^>]*>1,200.00 €</td>", html)
    assert 'role="group"' in html
    assert "style=" not in html


def test_lines_break_where_nothing_is_known_and_long_ones_name_fewer_places() -> None:
    values: list[Decimal | None] = [Decimal(index) / 100 for index in range(40)]
    values[20] = None
    places = [Place(f"n{index}") for index in range(40)]
    chart = line_chart("How often?", places, [Series("Rate", Tone.INFO, values)], RATE)
    assert len(chart.strokes) == 37
    names = [label.text for label in chart.names]
    assert names[-1] == "n39"
    assert len(names) <= 16
    assert len([label for label in chart.names if not label.is_wide]) <= 6
    assert "39 %" in _draw(chart)


def test_nothing_is_said_in_words() -> None:
    chart = bar_chart("How many?", [Place("Jan")], [Series("n", Tone.INFO, [0])], COUNT)
    assert "Nothing to draw yet." in _draw(chart)


def _draw(chart: Chart) -> str:
    return render_to_string("console/pieces/chart.html", {"chart": chart})
