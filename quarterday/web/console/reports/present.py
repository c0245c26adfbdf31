"""A result as the page shows it: one picture and one table for each currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html

from quarterday.ports.report import (
    Cell,
    Column,
    ColumnKind,
    Link,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.show_cells import RIGHT, show_cell
from quarterday.web.console import table as tables
from quarterday.web.console.chart import Chart
from quarterday.web.console.reports.draw import draw
from quarterday.web.kit.words import format_day

MOST_ROWS = 500
# What these hold are words of the program.
_WORDS = {"kind", "method", "gateway", "reason", "state"}
_PAGES = {"page:account": "/console/accounts/", "page:invoice": "/console/lists/invoices/"}


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below one heading: the currency, where there are several."""

    heading: str
    unit: str
    table: tables.Table | None
    chart: Chart | None = None
    figures: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    more: int = 0


def present(title: str, result: ReportResult) -> list[Part]:
    """The parts of a page, one for each currency in its order."""
    currencies = sorted({str(row.cells.get("currency", "")) for row in result.rows})
    currencies = currencies or sorted({str(one.get("currency", "")) for one in result.totals})
    return [_part(title, result, code, len(currencies) > 1) for code in currencies]


def _part(title: str, result: ReportResult, code: str, is_one_of_many: bool) -> Part:
    rows = [row for row in result.rows if str(row.cells.get("currency", "")) == code]
    totals = [cells for cells in result.totals if str(cells.get("currency", "")) == code]
    columns = [
        column
        for column in result.columns
        if column.name != "currency"
        and any(row.cells.get(column.name) not in (None, "") for row in rows)
    ]
    heading = (code or "Without an amount") if is_one_of_many else ""
    caption = f"{title} in {code}" if code else title
    chart = draw(result, rows, code) if len(rows) > 1 else None
    is_foot = len(totals) == 1 and bool(columns)
    table = None
    if columns:
        head = [tables.Column(one.title, one.kind in RIGHT) for one in columns]
        body = [[_cell(one, row) for one in columns] for row in rows[:MOST_ROWS]]
        foot = _foot(columns, totals[0]) if is_foot else ()
        table = tables.Table(caption, head, body, foot)
    figures = [] if is_foot else [_figure(result.columns, cells) for cells in totals]
    unit = code if any(one.kind is ColumnKind.MONEY for one in columns) else ""
    return Part(heading, unit, table, chart, figures, max(0, len(rows) - MOST_ROWS))


def _cell(column: Column, row: ReportRow) -> Any:
    shown = _show(column, row.cells)
    link = row.links.get(column.name)
    return format_html('<a href="{}">{}</a>', link_url(link), shown) if link and shown else shown


def _foot(columns: Sequence[Column], cells: Mapping[str, Cell]) -> list[str]:
    return ["Total", *(_show(one, cells) for one in columns[1:])]


def _show(column: Column, cells: Mapping[str, Cell]) -> str:
    value = cells.get(column.name)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_day(value, "short")
    text = show_cell(column, cells)
    if column.name in _WORDS:
        return text.replace("_", " ")
    return text.replace("-", "−", 1) if column.kind in RIGHT else text


def _figure(columns: Sequence[Column], cells: Mapping[str, Cell]) -> dict[str, str]:
    """A total that is no sum of columns: its first text names it, its first amount is it."""
    label = next((str(cells[one.name]) for one in columns if one.kind is ColumnKind.TEXT
                  and one.name != "currency" and cells.get(one.name)), "Total")  # fmt: skip
    money = [one for one in columns if one.kind is ColumnKind.MONEY]
    shown = [text for one in money if (text := _show(one, cells))]
    return {"label": label, "value": f"{shown[0] if shown else '–'} {cells.get('currency', '')}"}


def link_url(link: Link) -> str:
    """Where a link of a report leads in the console."""
    if link.report in _PAGES:
        return f"{_PAGES[link.report]}{link.values['id']}/"
    return f"/console/reports/{link.report}/?{urlencode(link.values)}"
