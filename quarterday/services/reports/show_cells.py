"""Cells of reports as text: for people, and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from quarterday.core.money import currency, format_minor, from_minor, plain
from quarterday.ports.report import Cell, Column, ColumnKind, Report, ReportResult

RIGHT = (ColumnKind.MONEY, ColumnKind.COUNT, ColumnKind.RATE, ColumnKind.NUMBER)


def show_cell(column: Column, cells: Mapping[str, Cell]) -> str:
    """A cell as people read it: 1,234.56, 12.5 %, 2026-01-31; empty for nothing.

    >>> show_cell(Column("owed", "Owed", ColumnKind.MONEY), {"owed": -123456, "currency": "EUR"})
    '-1,234.56'
    >>> show_cell(Column("share", "Share", ColumnKind.RATE), {"share": Decimal("0.1250")})
    '12.5 %'
    """
    value = cells.get(column.name)
    if value is None or value == "":
        return ""
    match column.kind:
        case ColumnKind.MONEY:
            return f"{from_minor(int(str(value)), currency(str(cells['currency']))):,f}"
        case ColumnKind.COUNT:
            return f"{value:,}"
        case ColumnKind.RATE:
            return f"{plain(Decimal(str(value)).scaleb(2))} %"
    return value.isoformat() if isinstance(value, date) else str(value)


def plain_cell(column: Column, cells: Mapping[str, Cell]) -> str | int | None:
    """A cell as data: amounts as exact text in currency units, rates as parts of one.

    >>> plain_cell(Column("owed", "Owed", ColumnKind.MONEY), {"owed": 5, "currency": "EUR"})
    '0.05'
    """
    value = cells.get(column.name)
    if column.kind is ColumnKind.MONEY and value is not None:
        return format_minor(int(str(value)), currency(str(cells["currency"])))
    if isinstance(value, date):
        return value.isoformat()
    return plain(value) if isinstance(value, Decimal) else value


def to_data(report: Report, result: ReportResult) -> dict[str, Any]:
    """All of a result as plain data."""
    return {
        "report": report.name,
        "title": report.title,
        "question": report.question,
        "parameters": dict(result.values),
        "columns": [one._asdict() for one in result.columns],
        "rows": [_record(result, row.cells) for row in result.rows],
        "totals": [_record(result, cells) for cells in result.totals],
        "notes": list(result.notes),
    }


def list_money(result: ReportResult) -> Iterator[tuple[str, str, int, str]]:
    """The main amounts: title, label, minor units and currency, of the totals or, where nothing
    is summed, of the last row of each currency.
    """
    totals = list(result.totals)
    if not totals:
        last = {str(row.cells.get("currency", "")): row.cells for row in result.rows}
        totals = [last[code] for code in sorted(last) if code]
    for cells in totals:
        label = str(cells.get("period") or cells.get("kind") or cells.get("what") or "")
        for column in result.columns:
            value = cells.get(column.name)
            if column.kind is ColumnKind.MONEY and value is not None:
                yield column.title, label, int(str(value)), str(cells["currency"])


def _record(result: ReportResult, cells: Mapping[str, Cell]) -> dict[str, str | int | None]:
    return {one.name: plain_cell(one, cells) for one in result.columns if one.name in cells}
