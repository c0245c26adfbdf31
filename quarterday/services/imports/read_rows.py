"""Rows of a file as records, each with its place in the file and all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.loading.mapping import Mapping as ColumnMapping
from quarterday.core.loading.problem import BadValue, Problem, make_problem, show_value
from quarterday.core.loading.record import Record, read_native
from quarterday.core.money import plain
from quarterday.ports.importer import SourceRow


class LoadRow(NamedTuple):
    """A row to load. It has records, or problems, or neither where it is to be skipped."""

    file: str
    number: int
    records: list[Record]
    problems: list[Problem]
    values: Mapping[str, Any]

    def explain(self, error: BillingError) -> Problem:
        """The problem that an error of a service makes, with the cell that it is about."""
        problem = make_problem(self.file, self.number, error)
        if isinstance(error, BadValue):
            return problem
        for word in _field_words(str(error)):
            for record in self.records:
                if word in record.values:
                    return self._point(problem, record, word)
        for record in self.records:
            for name, value in record.values.items():
                if isinstance(value, date | Decimal) and _names(problem.reason, value):
                    return self._point(problem, record, name)
        return problem

    def _point(self, problem: Problem, record: Record, field: str) -> Problem:
        """The problem with the cell that a field was read from."""
        column = record.column_of(field)
        value = self.values.get(column, record.values[field])
        return problem._replace(column=column, value=show_value(value))


# Names of fields that are everyday words of a message too.
_COMMON = frozenset(
    "account amount at code name plan price prices seller subscription value".split()
)


def _field_words(text: str) -> list[str]:
    """Words of a message that may name a field: services say which one they refuse."""
    named = re.findall(r"\bwith ([a-z_]+) ", text)
    # Services count in minor units; the file says "amount" for what they call "amount_minor".
    words = [word for word in re.findall(r"[a-z_]+", text) if word not in _COMMON]
    return named + [word.removesuffix("_minor") for word in words]


def _names(text: str, value: date | Decimal) -> bool:
    """Whether a message names a day or a number."""
    word = plain(value) if isinstance(value, Decimal) else str(value)
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\d)", text) is not None


def read_rows(
    rows: Iterable[SourceRow], file: str, mapping: ColumnMapping | None
) -> Iterator[LoadRow]:
    """The rows of a file by a mapping, or in the native format without one.

    In the native format a record belongs to the seller it names, else to the one last loaded.
    Raises `BillingError` when the file lacks a column that the mapping names.
    """
    seller = ""
    is_checked = mapping is None
    for row in rows:
        if row.problem is not None:
            wrong = [BadValue(*row.problem)]
            yield _refused(file, row, wrong)
            continue
        if mapping is None:
            record, wrong = read_native(row.values)
            records = [] if record is None else [record]
            if record is not None and record.type == "seller":
                seller = record.values.get("code", seller)
            elif record is not None and seller:
                record.values.setdefault("seller", seller)
        else:
            if not is_checked:
                mapping.check_columns(row.values)
                is_checked = True
            records, wrong = mapping.read_row(row.values)
        yield _refused(file, row, wrong) if wrong else _row(file, row, records)


def _row(file: str, row: SourceRow, records: list[Record]) -> LoadRow:
    return LoadRow(file, row.number, records, [], row.values)


def _refused(file: str, row: SourceRow, wrong: list[BadValue]) -> LoadRow:
    problems = [make_problem(file, row.number, error) for error in wrong]
    return LoadRow(file, row.number, [], problems, row.values)
