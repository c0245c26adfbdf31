"""One table of a mapping: how a record comes from a row, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.loading.condition import Condition, parse_conditions
from quarterday.core.loading.expression import (
    Expression,
    clean_cell,
    columns_of,
    parse_expression,
)
from quarterday.core.loading.problem import BadValue
from quarterday.core.loading.record import Record, read_record
from quarterday.core.loading.schema import RECORD_TYPES
from quarterday.core.money import plain

Row = Mapping[str, Any]
Parts = Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """How a record comes from a row. ``columns`` says which column each field is read from."""

    kind: str
    fields: Mapping[str, Expression | Parts]
    columns: Mapping[str, str]
    all_columns: frozenset[str]
    skip_when: tuple[Condition, ...]

    def read_row(self, row: Row) -> tuple[Record, list[BadValue]]:
        """The record of a row, with all that is wrong with it."""
        given: dict[str, Any] = {}
        wrong: list[BadValue] = []
        for name, how in self.fields.items():
            try:
                if isinstance(how, Expression):
                    given[name] = how.value(row)
                else:
                    given[name] = _read_parts(how, row)
            except BadValue as error:
                wrong.append(error)
        record, more = read_record(self.kind, given, self.columns)
        known = {error.column for error in wrong}
        return record, wrong + [error for error in more if error.column not in known]


def parse_mapped(
    kind: str, table: Mapping[str, Any], seller: str, shared: Mapping[str, Any]
) -> MappedRecord:
    """Read a table of a mapping. ``shared`` has how other records of the row are found.

    Raises `BillingError` naming the table, the field and the key that is amiss.

    >>> mapped = parse_mapped("contact", {"email": "Mail"}, "", {"account": "No"})
    >>> mapped.read_row({"Mail": "billing@example.com", "No": "7"})[0].values
    {'email': 'billing@example.com', 'account': '7'}
    """
    known = RECORD_TYPES[kind]
    given = {name: value for name, value in table.items() if name != "skip_when"}
    if unknown := [name for name in given if name not in known]:
        raise BillingError(f"[{kind}] has an unknown key {unknown[0]!r}; known: {', '.join(known)}")
    for name, how in shared.items():
        if name in known and how is not None:
            given.setdefault(name, how)
    if seller:
        given.setdefault("seller", {"constant": seller})
    for name, field in known.items():
        if field.is_needed and name not in given:
            raise BillingError(f"[{kind}] needs {name}; say which column it is in")
    conditions = parse_conditions(table.get("skip_when", []), f"[{kind}] skip_when")
    fields: dict[str, Expression | Parts] = {}
    named = {condition.column for condition in conditions}
    for name, how in given.items():
        where = f"[{kind}] {name}"
        if known[name].kind not in ("data", "settings"):
            fields[name] = parse_expression(how, where)
            named |= columns_of(how)
            continue
        parts = _name_parts(how, where)
        fields[name] = {part: parse_expression(each, f"{where}.{part}") for part, each in parts}
        for _, each in parts:
            named |= columns_of(each)
    return MappedRecord(kind, fields, _first_columns(fields), frozenset(named), conditions)


def _name_parts(given: Any, where: str) -> list[tuple[str, Any]]:
    """Data are a list of columns under their own names, or a table of names."""
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return [(one, one) for one in given]
    if isinstance(given, dict):
        return list(given.items())
    raise BillingError(
        f'{where}: write a list of columns, or a table such as {{ contract = "Contract" }}'
    )


def _first_columns(fields: Mapping[str, Expression | Parts]) -> dict[str, str]:
    """The column that stands for each field in messages; none for a constant."""
    found = {}
    for name, how in fields.items():
        each = [how] if isinstance(how, Expression) else list(how.values())
        columns = [column for one in each for column in one.columns]
        if columns:
            found[name] = columns[0]
    return found


def _read_parts(parts: Parts, row: Row) -> dict[str, Any]:
    found = {name: _plain(clean_cell(how.value(row))) for name, how in parts.items()}
    return {name: value for name, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    """A value as data can hold it: days and exact numbers as text."""
    if isinstance(value, date | time):
        return value.isoformat()
    return plain(value) if isinstance(value, Decimal) else value
