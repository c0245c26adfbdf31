"""What a chart is made of: its units, its series and places, and the shapes that are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from babel.numbers import format_compact_decimal, format_decimal, format_percent

from quarterday.core.money import currency as find_currency
from quarterday.web.console.chart_scale import Number
from quarterday.web.kit.words import find_symbol, format_money, locale


class Tone(StrEnum):
    """What a colour means, everywhere: money that came or grew is ``good``, what was claimed is
    ``info``, what waits or shrank is ``due``, what is late or lost is ``bad``.
    """

    GOOD = "good"
    INFO = "info"
    DUE = "due"
    BAD = "bad"
    PLAIN = "plain"


class Unit(NamedTuple):
    """How values read in full, and in few signs; ``name`` stands beside the title."""

    name: str
    show: Callable[[Number], str]
    brief: Callable[[Number], str]
    is_whole: bool = False


class Series(NamedTuple):
    """One thing over all places; None where there is nothing to show. ``urls`` are the lists
    behind its values.
    """

    label: str
    tone: Tone
    values: Sequence[Number | None]
    urls: Sequence[str] = ()


class Place(NamedTuple):
    """One place on the axis: its short name, its name in full, and the list behind it."""

    name: str
    title: str = ""
    url: str = ""


class Bar(NamedTuple):
    """A rectangle: across in percent of the width, down in pixels."""

    tone: Tone
    x: str
    width: str
    y: str
    height: str


class Stroke(NamedTuple):
    """A part of a line between two places."""

    tone: Tone
    x1: str
    y1: str
    x2: str
    y2: str


class Dot(NamedTuple):
    """A value of a line."""

    tone: Tone
    x: str
    y: str


class Label(NamedTuple):
    """Words in the picture; those that are ``is_wide`` stand only where there is room."""

    x: str
    y: str
    text: str
    is_wide: bool = False


class Spot(NamedTuple):
    """A place as it is drawn; all of it leads to ``url``. ``title`` says its figures."""

    url: str
    title: str
    x: str
    width: str
    bars: Sequence[Bar] = ()
    dots: Sequence[Dot] = ()


def money_unit(currency: str) -> Unit:
    """Minor units of a currency."""
    digits = find_currency(currency).exponent

    def brief(minor: Number) -> str:
        value = Decimal(minor).scaleb(-digits)
        if abs(value) >= 1000 or value == int(value):
            return _compact(value)
        said: str = format_decimal(value, "0." + "0" * digits, locale=locale())
        return said.replace("-", "−")

    return Unit(
        find_symbol(currency),
        lambda minor: format_money(int(minor), currency),
        brief,
        is_whole=True,
    )


def _compact(number: Number) -> str:
    value = Decimal(number)
    digits = 0 if abs(value) >= 100_000 or (value == int(value) and abs(value) < 1000) else 1
    said: str = format_compact_decimal(value, locale=locale(), fraction_digits=digits)  # type: ignore[arg-type] # it takes decimals, too
    return said.replace("-", "−")


def _full(value: Number) -> str:
    said: str = format_decimal(value, "#,##0.##", locale=locale())
    return said.replace("-", "−")


def _percent(value: Number) -> str:
    said: str = format_percent(value, "#,##0.# %", locale=locale())
    return said.replace("-", "−")


COUNT = Unit("", _full, _compact, is_whole=True)
NUMBER = Unit("", _full, _compact)
RATE = Unit("", _percent, _percent)
