"""The picture of a report, as its chart describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from quarterday.ports.report import Cell, ChartKind, ColumnKind, ReportResult, ReportRow
from quarterday.web.console.chart import (
    COUNT,
    NUMBER,
    RATE,
    Chart,
    Place,
    Series,
    Tone,
    Unit,
    bar_chart,
    line_chart,
    money_unit,
)

_MOST = 5
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# So many letters stand below a bar.
_FITS = 14
# The same thing has the same colour everywhere.
_TONES = {
    "new": Tone.GOOD,
    "expansion": Tone.INFO,
    "recognised": Tone.GOOD,
    "received": Tone.GOOD,
    "recurring": Tone.GOOD,
    "reactivation": Tone.PLAIN,
    "contraction": Tone.DUE,
    "churn": Tone.BAD,
    "failed_rate": Tone.BAD,
    "owed": Tone.DUE,
    "dso": Tone.DUE,
}
_OTHERS = (Tone.INFO, Tone.GOOD, Tone.DUE, Tone.BAD, Tone.PLAIN)
_SHORT = {
    "1-30 days late": "1–30",
    "31-60 days late": "31–60",
    "61-90 days late": "61–90",
    "More than 90 days late": "Over 90",
    "Paid before it was invoiced": "Ahead",
    "From credit notes": "Credited",
    "reminder before due": "before due",
}


def draw(result: ReportResult, rows: Sequence[ReportRow], currency: str) -> Chart | None:
    """The picture of the rows of one currency; none where the report has none, or no values."""
    asked = result.chart
    if asked is None:
        return None
    kinds = {column.name: column for column in result.columns}
    names = [name for name in asked.columns if name in kinds][:_MOST]
    if not names:
        return None
    places = list(dict.fromkeys(str(row.cells.get(asked.over, "")) for row in rows))
    if asked.kind is ChartKind.LINES and len(places) < len(rows):
        series = _by_kind(result, rows, asked.over, names[0], places)
    else:
        series = [
            Series(
                kinds[name].title,
                _tone(name, n),
                [_sum(rows, asked.over, place, name) for place in places],
            )
            for n, name in enumerate(names)
        ]
    where = [Place(_shorten(place), place) for place in places]
    unit = _unit(kinds[names[0]].kind, currency)
    over = kinds[asked.over].title
    # Between things that have no order there is nothing for a line to show.
    if asked.kind is ChartKind.LINES and all(place[:1].isdigit() for place in places):
        return line_chart(asked.question, where, series, unit, over=over)
    stacked = asked.kind is ChartKind.STACKED
    return bar_chart(asked.question, where, series, unit, is_stacked=stacked, over=over)


def _shorten(place: str) -> str:
    """What fits below a bar: of a month its name, or of January the year."""
    month = _MONTH.fullmatch(place)
    if month:
        return place[:4] if month[1] == "01" else f"{date.fromisoformat(place + '-01'):%b}"
    place = place.removeprefix("step ").replace("_", " ")
    if place in _SHORT or len(place) <= _FITS:
        return _SHORT.get(place, place)
    return place[: _FITS - 1].rstrip() + "…"


def _by_kind(
    result: ReportResult, rows: Sequence[ReportRow], over: str, name: str, places: Sequence[str]
) -> list[Series]:
    """One line for each thing that shares the places, such as each gateway."""
    other = next(
        column.name
        for column in result.columns
        if column.kind is ColumnKind.TEXT and column.name not in (over, "currency")
    )
    kinds = list(dict.fromkeys(str(row.cells[other]) for row in rows))[:_MOST]
    return [
        Series(
            kind,
            _OTHERS[n],
            [
                _sum([row for row in rows if str(row.cells[other]) == kind], over, place, name)
                for place in places
            ],
        )
        for n, kind in enumerate(kinds)
    ]


def _sum(rows: Sequence[ReportRow], over: str, place: str, name: str) -> int | Decimal | None:
    """What stands at a place; several rows of it are added up."""
    values = [_number(row.cells, name) for row in rows if str(row.cells.get(over, "")) == place]
    there = [value for value in values if value is not None]
    return sum(there[1:], there[0]) if there else None


def _number(cells: Mapping[str, Cell], name: str) -> int | Decimal | None:
    value = cells.get(name)
    return value if isinstance(value, int | Decimal) else None


def _tone(name: str, place: int) -> Tone:
    return _TONES.get(name, _OTHERS[place % len(_OTHERS)])


def _unit(kind: ColumnKind, currency: str) -> Unit:
    if kind is ColumnKind.MONEY and currency:
        return money_unit(currency)
    return {ColumnKind.RATE: RATE, ColumnKind.COUNT: COUNT}.get(kind, NUMBER)
