"""Readers of bank statements: what a file holds, in the types of `quarterday.core.statement`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Protocol, cast

from quarterday.core.errors import BillingError
from quarterday.core.statement import Statement
from quarterday.ports.discover import discover

# A month of a busy account has some megabytes; what is much larger is no statement.
LARGEST = 100_000_000


class StatementReader(Protocol):
    """A reader of one format of bank statements.

    ``formats`` are the names under which it is kept and asked for, such as ``camt.053``;
    statements of the same ``family`` tell the same entry alike.
    """

    family: ClassVar[str]
    formats: ClassVar[tuple[str, ...]]

    def sniff(self, content: bytes) -> bool:
        """Whether a file looks like this format; never raises."""

    def read(self, content: bytes, options: Mapping[str, Any]) -> tuple[Statement, ...]:
        """Every statement of a file, in its order. ``options`` are what was saved for the account.

        Raises `BillingError`, naming the element or row, the field and the remedy, when anything
        of it cannot be read: then nothing of the file counts.
        """


@cache
def list_statement_readers() -> Mapping[str, StatementReader]:
    """All readers of statements by family."""
    found = {}
    for value in discover("statements"):
        if isinstance(value, type) and {"family", "formats", "sniff", "read"} <= vars(value).keys():
            reader = cast(StatementReader, value())
            found[reader.family] = reader
    return found


@cache
def list_formats() -> Mapping[str, str]:
    """The family of each format by its name."""
    readers = list_statement_readers().values()
    return {name: reader.family for reader in readers for name in reader.formats}


class SuggestsColumns(Protocol):
    """A reader of tables, which can guess what their columns are."""

    def suggest(self, content: bytes) -> dict[str, Any]:
        """What to save for the account; raises `BillingError` when nothing can be guessed."""


def find_table_reader() -> StatementReader:
    """The reader of tables, which reads what has columns; it also suggests them."""
    return next(one for one in list_statement_readers().values() if hasattr(one, "suggest"))


def suggest_columns(content: bytes) -> dict[str, Any]:
    """A mapping for a table; raises `BillingError` when nothing can be guessed."""
    return cast(SuggestsColumns, find_table_reader()).suggest(content)


def find_statement_reader(
    content: bytes, name: str, format: str | None = None, fallback: str | None = None
) -> StatementReader:
    """The reader of a file: the one of the format that was asked for, or the first that knows it,
    or that of the family to fall back on.

    Raises `BillingError` for a file that no reader knows, is empty or too large.
    """
    readers = list_statement_readers()
    if not content.strip():
        raise BillingError(f"{name} is empty; get it from the bank again")
    if len(content) > LARGEST:
        raise BillingError(
            f"{name} has {len(content):,} bytes, more than the {LARGEST:,} that are read; get it "
            "from the bank in shorter periods"
        )
    if format is not None:
        for reader in readers.values():
            if format == reader.family or format in reader.formats:
                return reader
        known = ", ".join(sorted(readers))
        raise BillingError(f"there is no reader of {format!r}; the formats are {known}")
    for reader in readers.values():
        if reader.sniff(content):
            return reader
    if fallback is not None:
        return readers[fallback]
    raise BillingError(
        f"{name} is no bank statement that can be told by its content (camt, MT940, OFX); "
        "if it is a CSV file, save its columns first: quarterday bank csv"
    )
