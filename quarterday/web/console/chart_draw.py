"""Shapes of a chart: places across are parts of the width, so that a picture fits any page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from quarterday.web.console.chart_parts import (
    Bar,
    Dot,
    Label,
    Place,
    Series,
    Spot,
    Stroke,
    Tone,
    Unit,
)
from quarterday.web.console.chart_scale import Scale

# Above the highest mark stands a row of words.
ROOM = 16
_GAP = Fraction(17, 100)
# So many labels fit above the bars of a wide picture.
_MOST_LABELS = 16


def draw_bars(
    scale: Scale, places: Sequence[Place], series: Sequence[Series], unit: Unit, *, is_stacked: bool
) -> list[Spot]:
    """Each place with its bars, stacked on each other or side by side."""
    draw = _stack if is_stacked else _line_up
    return [
        _spot(index, places, series, unit)._replace(
            bars=list(draw(scale, index, len(places), series))
        )
        for index in range(len(places))
    ]


def draw_dots(
    scale: Scale, places: Sequence[Place], series: Sequence[Series], unit: Unit
) -> list[Spot]:
    """Each place with a dot for each line."""
    spots = []
    for index in range(len(places)):
        x = percent(Fraction(2 * index + 1, 2 * len(places)))
        values = [(one.tone, one.values[index]) for one in series]
        dots = [Dot(tone, x, pixels(scale.y(v) + ROOM)) for tone, v in values if v is not None]
        spots.append(_spot(index, places, series, unit)._replace(dots=dots))
    return spots


def draw_strokes(scale: Scale, one: Series) -> Iterator[Stroke]:
    """A line from each value to the next; a value that is not there breaks it."""
    count = len(one.values)
    for index, (here, after) in enumerate(zip(one.values, one.values[1:], strict=False)):
        if here is None or after is None:
            continue
        yield Stroke(
            one.tone,
            percent(Fraction(2 * index + 1, 2 * count)),
            pixels(scale.y(here) + ROOM),
            percent(Fraction(2 * index + 3, 2 * count)),
            pixels(scale.y(after) + ROOM),
        )


def label_values(scale: Scale, one: Series, unit: Unit) -> list[Label]:
    """What a single series says, at its values; on a narrow picture only the last of it."""
    count = len(one.values)
    labels = []
    for index, value in enumerate(one.values):
        is_last = index == count - 1
        if value is None or (not value and not is_last) or (count > _MOST_LABELS and not is_last):
            continue
        y = scale.y(value if value > 0 else 0) + ROOM - 6
        x = percent(Fraction(2 * index + 1, 2 * count))
        labels.append(Label(x, pixels(y), unit.brief(value), is_wide=not is_last and count > 6))
    return labels


def merge(series: Sequence[Series], count: int) -> Series | None:
    """What is to be labelled: the only series, or several that never meet at a place.

    >>> late, early = Series("Late", Tone.BAD, [0, 5]), Series("Early", Tone.PLAIN, [3, 0])
    >>> merge([late, early], 2).values, merge([late, late], 2)
    ([3, 5], None)
    """
    if len(series) == 1:
        return series[0]
    columns = [[one.values[index] or 0 for one in series] for index in range(count)]
    if any(sum(1 for value in column if value) > 1 for column in columns):
        return None
    return series[0]._replace(values=[sum(column) for column in columns])


def percent(part: Fraction) -> str:
    """A part of the width.

    >>> percent(Fraction(1, 3))
    '33.33%'
    """
    return f"{pixels(part * 100)}%"


def pixels(value: Fraction) -> str:
    """A length with two places at most.

    >>> pixels(Fraction(5, 2)), pixels(Fraction(-1, 3)), pixels(Fraction(4))
    ('2.5', '-0.33', '4')
    """
    hundredths = round(value * 100)
    sign, (whole, rest) = "-" if hundredths < 0 else "", divmod(abs(hundredths), 100)
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")


def _spot(index: int, places: Sequence[Place], series: Sequence[Series], unit: Unit) -> Spot:
    place = places[index]
    values = [(one.label, one.values[index]) for one in series]
    said = ", ".join(f"{label} {unit.show(value)}" for label, value in values if value is not None)
    title = f"{place.title or place.name}: {said or 'nothing'}"
    width = Fraction(1, len(places))
    return Spot(place.url, title, percent(width * index), percent(width))


def _stack(scale: Scale, index: int, count: int, series: Sequence[Series]) -> Iterator[Bar]:
    """What is above zero upwards from it, what is below it downwards."""
    up = down = Fraction(0)
    width = Fraction(1, count)
    for one in series:
        value = Fraction(one.values[index] or 0)
        low, up, down = (up, up + value, down) if value > 0 else (down + value, up, down + value)
        yield from _bar(
            one.tone, scale, low, abs(value), width * index + width * _GAP, width * (1 - 2 * _GAP)
        )


def _line_up(scale: Scale, index: int, count: int, series: Sequence[Series]) -> Iterator[Bar]:
    width = Fraction(1, count)
    each = width * (1 - 2 * _GAP) / len(series)
    for number, one in enumerate(series):
        value = Fraction(one.values[index] or 0)
        x = width * index + width * _GAP + each * number
        yield from _bar(one.tone, scale, min(value, Fraction(0)), abs(value), x, each)


def _bar(
    tone: Tone, scale: Scale, low: Fraction, size: Fraction, x: Fraction, width: Fraction
) -> Iterator[Bar]:
    if not size:
        return
    top, bottom = scale.y(low + size), scale.y(low)
    # What is there can be seen, however little it is beside the rest.
    height = max(bottom - top, Fraction(1))
    yield Bar(tone, percent(x), percent(width), pixels(top + ROOM), pixels(height))
