"""Cells of CSV files that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def safe_cell(value: object) -> str:
    """A value as text; what a spreadsheet would run as a formula gets an apostrophe before it.

    >>> safe_cell("=1+1"), safe_cell("-12.50"), safe_cell("-x"), safe_cell(None)
    ("'=1+1", '-12.50', "'-x", '')
    """
    text = "" if value is None else str(value)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and text and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


class CsvWriter:
    """Writes rows of safe cells to a ``write`` that takes text."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._writer = csv.writer(_Sink(write), lineterminator="\n")

    def row(self, values: Iterable[object]) -> None:
        """Write one row."""
        self._writer.writerow([safe_cell(value) for value in values])


class _Sink:
    """What the csv module writes to."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
