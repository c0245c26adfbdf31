"""Tables of text: CSV as spreadsheets write it, with any delimiter."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from quarterday.core.errors import BillingError
from quarterday.importers.text import (
    BAD_BYTES,
    MOST_IN_LINE,
    has_foreign_bytes,
    open_text,
    read_lines,
)
from quarterday.ports.importer import SourceRow


class CsvTable:
    """The first row names the columns; empty rows are passed over, but counted.

    A row that cannot be read is a problem of its own. After a missing quote, or text that is not
    of the encoding at all, no row can be told from the next: that is the last problem.
    """

    name: ClassVar[str] = "csv"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt")
    options: ClassVar[Mapping[str, str]] = {"encoding": "utf-8", "delimiter": ",", "quote": '"'}

    def read(self, path: Path, options: Mapping[str, str]) -> Iterator[SourceRow]:
        """The rows of a table, by the names of their columns."""
        delimiter, quote = options["delimiter"], options["quote"]
        if len(delimiter) != 1 or len(quote) != 1 or delimiter == quote:
            raise BillingError("[source] delimiter and quote are one different character each")
        with open_text(path, options["encoding"]) as file:
            csv.field_size_limit(MOST_IN_LINE)
            lines = _refuse_long(read_lines(file))
            rows = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
            number = 1
            try:
                header = _check_header(next(rows, []), path)
                for number, cells in enumerate(rows, start=2):
                    if any(cells):
                        yield _make_row(number, header, cells)
            except (csv.Error, UnicodeError) as error:
                # Where a quote is missing nobody knows where the next row begins.
                yield SourceRow(number + 1, {}, _broken(error))


def _refuse_long(lines: Iterator[str | None]) -> Iterator[str]:
    for line in lines:
        if line is None:
            raise csv.Error("a line has more than a million characters")
        yield line


def _broken(error: Exception) -> tuple[str, str]:
    """Why a file cannot be read on, and what to do."""
    if isinstance(error, csv.Error):
        remedy = "check the quotes here, or the quote in the [source] of the mapping"
    else:
        remedy = "check the encoding in the [source] of the mapping"
    return f"the file breaks off here, and nothing after it was read ({error})", remedy


def _check_header(cells: list[str], path: Path) -> list[str]:
    """The names of the columns; raises `BillingError` when they cannot tell columns apart."""
    header = [cell.strip() for cell in cells]
    if not any(header):
        raise BillingError(f"{path.name} does not begin with a row of column names; add one")
    for name in header:
        if has_foreign_bytes(name):
            raise BillingError(f"the header of {path.name} {BAD_BYTES[0]}; {BAD_BYTES[1]}")
        if name and header.count(name) > 1:
            raise BillingError(f"{path.name} has two columns {name!r}; rename one of them")
    return header


def _make_row(number: int, header: list[str], cells: list[str]) -> SourceRow:
    if len(cells) != len(header):
        count = f"the row has {len(cells)} cells, but there are {len(header)} columns"
        return SourceRow(number, {}, (count, "put cells that hold the delimiter into quotes"))
    if any(map(has_foreign_bytes, cells)):
        return SourceRow(number, {}, BAD_BYTES)
    return SourceRow(number, {name: cell for name, cell in zip(header, cells, strict=True) if name})
