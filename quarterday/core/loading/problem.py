"""What is wrong with a row, in words that lead to the cell and to what to write instead."""

from __future__ import annotations

from typing import Any, NamedTuple

from quarterday.core.errors import BillingError

# Long enough to recognise what is meant; a cell may hold a hundred thousand characters.
_SHOWN = 120
_SAID = 500

REMEDY = "correct the row and load the file again"


class BadValue(BillingError):  # noqa: N818  named for what it says
    """A value that cannot be read. ``column`` is its column, or its field before that is known."""

    def __init__(self, reason: str, remedy: str, column: str = "", value: Any = None) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy
        self.column = column
        self.value = value

    def at(self, column: str, value: Any) -> BadValue:
        """The same, where it was found."""
        return BadValue(self.reason, self.remedy, column, value)


class Problem(NamedTuple):
    """Why a row was refused: where, what stood there, and what to do about it."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}"
        if self.column:
            where += f", {self.column} {self.value!r}"
        return f"{where}: {self.reason}; {self.remedy}"


def make_problem(file: str, row: int, error: BillingError) -> Problem:
    """The problem of a row that an error tells about.

    Messages of the house say the reason, then the remedy after the last semicolon.

    >>> problem = make_problem("a.csv", 2, BillingError("account A is closed; reopen it"))
    >>> problem.reason, problem.remedy
    ('account A is closed', 'reopen it')
    """
    if isinstance(error, BadValue):
        column, value = _shorten(error.column, _SHOWN), show_value(error.value)
        reason, remedy = _shorten(error.reason, _SAID), _shorten(error.remedy, _SAID)
        return Problem(file, row, column, value, reason, remedy)
    reason, _, remedy = _shorten(str(error), _SAID).rpartition("; ")
    return Problem(file, row, "", "", reason or remedy, remedy if reason else REMEDY)


def show_value(value: Any) -> str:
    """A value as it stands in the file, cut where it is long; nothing for none.

    >>> show_value(["A", "B"]), show_value(None)
    ('A; B', '')
    """
    if isinstance(value, list):
        return _shorten("; ".join(map(str, value)), _SHOWN)
    return "" if value is None else _shorten(str(value), _SHOWN)


def _shorten(text: str, most: int) -> str:
    """A text as it can be written anywhere: half characters escaped, the middle left out."""
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}… ({len(text):,} characters) …{text[-most // 4 :]}"
