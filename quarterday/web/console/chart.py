"""Pictures of figures, drawn by the server: bars for amounts, lines for rates, zero on the axis.

A page makes one with `bar_chart` or `line_chart` and shows it by ``console/pieces/chart.html``
with ``chart``; the table with every figure stands behind it. A `sparkline` is for one glance,
beside a figure that says the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.html import format_html

from quarterday.web.console.chart_draw import (
    ROOM,
    draw_bars,
    draw_dots,
    draw_strokes,
    label_values,
    merge,
    percent,
    pixels,
)
from quarterday.web.console.chart_parts import (
    COUNT,
    NUMBER,
    RATE,
    Label,
    Place,
    Series,
    Spot,
    Stroke,
    Tone,
    Unit,
    money_unit,
)
from quarterday.web.console.chart_scale import Number, Scale, make_scale
from quarterday.web.console.table import Column, Table

__all__ = [
    "COUNT",
    "NUMBER",
    "RATE",
    "Chart",
    "Place",
    "Series",
    "Tone",
    "Unit",
    "bar_chart",
    "line_chart",
    "money_unit",
    "sparkline",
]

HEIGHT = 176
_BELOW = 26
# So many names fit below a wide picture, and below a narrow one.
_WIDE, _NARROW = 16, 6
# So many letters of names fit side by side below a narrow one.
_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Chart:
    """For ``console/pieces/chart.html``. ``question`` is what the picture answers."""

    question: str
    unit: Unit
    places: Sequence[Place]
    series: Sequence[Series]
    scale: Scale
    spots: Sequence[Spot]
    strokes: Sequence[Stroke] = ()
    labels: Sequence[Label] = ()
    note: str = ""
    over: str = "Month"

    @property
    def height(self) -> int:
        """Pixels of the whole picture, with the names below."""
        return ROOM + HEIGHT + _BELOW

    @property
    def summary(self) -> str:
        """The picture in a sentence, for who cannot see it."""
        if not self.spots:
            return f"{self.question}: nothing yet"
        return f"{self.question}. {len(self.spots)} values, the last one {self.spots[-1].title}"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)

    @property
    def is_linked(self) -> bool:
        """Whether any place leads to a list."""
        return any(place.url for place in self.places)

    @property
    def marks(self) -> Iterator[tuple[str, str, str, bool]]:
        """Each mark of the axis: its place, that of its words, what it says, whether it is 0."""
        for mark in self.scale.marks:
            y = self.scale.y(mark) + ROOM
            yield pixels(y), pixels(y + 4), self.unit.brief(as_number(mark)), mark == 0

    @property
    def names(self) -> Iterator[Label]:
        """The names below, as many as there is room for; always the last one."""
        count = len(self.places)
        wide, narrow = -(-count // _WIDE), -(-count // _NARROW)
        # Long names need more room than the short ones of months.
        longest = max((len(place.name) for place in self.places), default=0)
        narrow = max(narrow, -(-count * longest // _LETTERS))
        for index, place in enumerate(self.places):
            behind = count - 1 - index
            if behind % wide == 0:
                x = percent(Fraction(2 * index + 1, 2 * count))
                yield Label(x, str(self.height - 7), place.name, is_wide=behind % narrow != 0)

    @property
    def keys(self) -> Sequence[Series]:
        """What the colours mean, where there are several."""
        return self.series if len(self.series) > 1 else ()

    @property
    def table(self) -> Table:
        """Every figure of the picture."""
        rows = []
        for index, place in enumerate(self.places):
            name = place.title or place.name
            first = format_html('<a href="{}">{}</a>', place.url, name) if place.url else name
            rows.append([first, *(self._show(one, index) for one in self.series)])
        columns = [Column(self.over), *(Column(one.label, is_amount=True) for one in self.series)]
        return Table(self.question, columns, rows)

    def _show(self, one: Series, index: int) -> str:
        value = one.values[index]
        said = "–" if value is None else self.unit.show(value)
        if not value or not one.urls:
            return said
        return format_html('<a href="{}">{}</a>', one.urls[index], said)


def bar_chart(
    question: str,
    places: Sequence[Place],
    series: Sequence[Series],
    unit: Unit,
    *,
    is_stacked: bool = True,
    note: str = "",
    over: str = "Month",
) -> Chart:
    """Bars of amounts. Those of one place stand on each other, and what is below zero hangs down;
    or they stand side by side. At most five series; a place with a ``url`` opens it.
    """
    if is_stacked:
        columns = [[one.values[index] or 0 for one in series] for index in range(len(places))]
        ends: list[Number] = [sum(v for v in column if v > 0) for column in columns]
        ends += [sum(v for v in column if v < 0) for column in columns]
    else:
        ends = [value or 0 for one in series for value in one.values]
    scale = make_scale(ends, HEIGHT, is_whole=unit.is_whole)
    spots = draw_bars(scale, places, series, unit, is_stacked=is_stacked)
    one = merge(series, len(places))
    labels = label_values(scale, one, unit) if one else []
    return Chart(question, unit, places, series, scale, spots, (), labels, note, over)


def line_chart(
    question: str,
    places: Sequence[Place],
    series: Sequence[Series],
    unit: Unit,
    *,
    note: str = "",
    over: str = "Month",
) -> Chart:
    """Lines of rates or levels; a value that is not there breaks its line."""
    values = [value for one in series for value in one.values if value is not None]
    scale = make_scale(values, HEIGHT, is_whole=unit.is_whole)
    spots = draw_dots(scale, places, series, unit)
    strokes = [stroke for one in series for stroke in draw_strokes(scale, one)]
    labels = label_values(scale, series[0], unit) if len(series) == 1 else []
    return Chart(question, unit, places, series, scale, spots, strokes, labels, note, over)


def sparkline(values: Sequence[Number], tone: Tone = Tone.INFO) -> Sequence[Stroke]:
    """Strokes for ``console/pieces/spark.html``, 28 pixels high: how it went, without words."""
    scale = make_scale(values, 22)
    return [
        stroke._replace(y1=_lift(stroke.y1), y2=_lift(stroke.y2))
        for stroke in draw_strokes(scale, Series("", tone, values))
    ]


def _lift(y: str) -> str:
    """The same without the room for words that charts have."""
    return pixels(Fraction(y) - ROOM + 3)


def as_number(mark: Fraction) -> Number:
    """A mark as whole units, or as a decimal where it cuts one."""
    return int(mark) if mark.denominator == 1 else Decimal(mark.numerator) / mark.denominator
