"""A report as a file: CSV for other programs, XLSX for people. No cell of it is ever a formula."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from quarterday.core.money import currency, from_minor
from quarterday.ports.report import Cell, Column, ColumnKind, Report, ReportResult
from quarterday.services.reports.show_cells import RIGHT, plain_cell
from quarterday.store.queries.exports.cells import CsvWriter

FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDEST, _LONGEST = 50, 32_000


def to_file(report: Report, result: ReportResult, file_type: str) -> bytes:
    """A result as the content of a file of a type of `FILE_TYPES`."""
    return to_xlsx(report, result) if file_type == "xlsx" else to_csv(result).encode()


def file_name(report: Report, result: ReportResult, file_type: str) -> str:
    """A name that tells report and days: ``revenue_2026-01-01_2026-01-31.csv``."""
    days = [result.values[name] for name in ("from", "until", "as_of") if name in result.values]
    return "_".join([report.name, *days]) + f".{file_type}"


def to_csv(result: ReportResult) -> str:
    """The rows as CSV: names of columns first, amounts in currency units, no totals."""
    text = StringIO()
    writer = CsvWriter(text.write)
    writer.row(column.name for column in result.columns)
    for row in result.rows:
        writer.row(plain_cell(column, row.cells) for column in result.columns)
    return text.getvalue()


def to_xlsx(report: Report, result: ReportResult) -> bytes:
    """A workbook: the rows and their totals, and a sheet that says what they are."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties({"title": report.title, "comments": report.question})
        _Sheet(book, result).write(report.title[:31])
        _write_about(book, report, result)
    return file.getvalue()


class _Sheet:
    """The table. Formats are made once: a workbook has not many thousand of them."""

    def __init__(self, book: Any, result: ReportResult) -> None:
        self._book, self._result = book, result
        self._formats: dict[tuple[str, bool], Any] = {}

    def write(self, name: str) -> None:
        sheet = self._book.add_worksheet(name)
        head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        widths = [len(column.title) for column in self._result.columns]
        for place, column in enumerate(self._result.columns):
            sheet.write_string(0, place, column.title, head)
        rows = [(row.cells, False) for row in self._result.rows]
        rows += [(cells, True) for cells in self._result.totals]
        for number, (cells, is_total) in enumerate(rows, 1):
            for place, column in enumerate(self._result.columns):
                self._write_cell(sheet, number, place, column, cells, is_total)
                widths[place] = max(widths[place], len(str(cells.get(column.name) or "")) + 2)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(width, _WIDEST))
        sheet.freeze_panes(1, 0)
        if self._result.rows and self._result.columns:
            sheet.autofilter(0, 0, len(self._result.rows), len(self._result.columns) - 1)

    def _write_cell(
        self,
        sheet: Any,
        number: int,
        place: int,
        column: Column,
        cells: Mapping[str, Cell],
        is_total: bool,
    ) -> None:
        value = cells.get(column.name)
        if value is None:
            return
        if column.kind is ColumnKind.MONEY:
            unit = currency(str(cells["currency"]))
            decimals = f".{'0' * unit.exponent}" if unit.exponent else ""
            style = self._format(f"#,##0{decimals}", is_total)
            sheet.write_number(number, place, from_minor(int(str(value)), unit), style)
        elif isinstance(value, date):
            sheet.write_datetime(number, place, value, self._format("yyyy-mm-dd", is_total))
        elif column.kind in RIGHT and isinstance(value, int | Decimal):
            kind = {ColumnKind.RATE: "0.0##%", ColumnKind.NUMBER: "#,##0.0"}
            sheet.write_number(
                number, place, value, self._format(kind.get(column.kind, "#,##0"), is_total)
            )
        else:
            sheet.write_string(number, place, str(value)[:_LONGEST], self._format("@", is_total))

    def _format(self, number: str, is_total: bool) -> Any:
        key = (number, is_total)
        if key not in self._formats:
            style = {"num_format": number} | ({"bold": True, "top": 1} if is_total else {})
            self._formats[key] = self._book.add_format(style)
        return self._formats[key]


def _write_about(book: Any, report: Report, result: ReportResult) -> None:
    sheet = book.add_worksheet("About")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    titles = {one.name: one.title for one in report.parameters}
    lines = [("Report", report.title), ("Question", report.question)]
    lines += [(titles[name], value or "all") for name, value in result.values.items()]
    lines += [("Note", note) for note in result.notes]
    for number, (name, text) in enumerate(lines):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text, wrapped)
