"""What a mapping says about one field: a column, a constant, and what is done to the cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.loading.formats import parse_format
from quarterday.core.loading.problem import BadValue
from quarterday.core.loading.values import read_date, read_whole
from quarterday.core.period import Cadence, Unit, add_cadence

Row = Mapping[str, Any]
Step = Callable[[Any, Row], Any]

_SHIFTS = {
    f"{unit}s_{side}": (unit, sign)
    for unit in Unit
    for side, sign in (("before", -1), ("after", 1))
}
_KEYS = ("column", "columns", "join", "constant", "default", "lookup", "format", *_SHIFTS)


@dataclass(frozen=True, slots=True)
class Expression:
    """How a field comes from a row. An empty cell gives ``default``, as it stands."""

    columns: tuple[str, ...]
    join: str
    constant: Any
    default: Any
    steps: tuple[Step, ...]

    def value(self, row: Row) -> Any:
        """The value for a row; None when it is empty. Raises `BadValue`."""
        if not self.columns:
            return self.constant
        if len(self.columns) == 1:
            cell = clean_cell(row.get(self.columns[0]))
        else:
            cells = (clean_cell(row.get(name)) for name in self.columns)
            cell = self.join.join(str(each) for each in cells if each is not None) or None
        if cell is None:
            return self.default
        try:
            for step in self.steps:
                cell = step(cell, row)
        except BadValue as error:
            raise error.at(error.column or self.columns[0], cell) from None
        return cell


def clean_cell(value: Any) -> Any:
    """A cell without the spaces around it; None when nothing is left.

    >>> clean_cell(" a "), clean_cell("  "), clean_cell(0)
    ('a', None, 0)
    """
    if isinstance(value, str):
        return value.strip() or None
    return value


def parse_expression(given: Any, where: str) -> Expression:
    """Read what a mapping says about a field; ``where`` is its place, for messages.

    A text is the name of a column. Raises `BillingError` naming the key that is amiss.

    >>> tenure = parse_expression({"column": "tenure", "months_before": "2026-11-01"}, "start_on")
    >>> tenure.value({"tenure": "34"})
    datetime.date(2024, 1, 1)
    >>> parse_expression({"colum": "tenure"}, "start_on")
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: start_on: unknown key 'colum'; known: column, columns, \
join, constant, default, lookup, format, days_before, days_after, weeks_before, weeks_after, \
months_before, months_after, years_before, years_after
    """
    if isinstance(given, str):
        return Expression((given,), "", None, None, ())
    if not isinstance(given, dict):
        raise BillingError(f"{where}: write the name of a column, or {{ constant = {given!r} }}")
    if unknown := [key for key in given if key not in _KEYS]:
        raise BillingError(f"{where}: unknown key {unknown[0]!r}; known: {', '.join(_KEYS)}")
    if "constant" in given:
        if len(given) > 1:
            raise BillingError(f"{where}: a constant stands alone; leave the other keys out")
        return Expression((), "", given["constant"], None, ())
    columns = _parse_columns(given, where)
    join, steps = given.get("join", " "), tuple(_parse_steps(given, where))
    if not isinstance(join, str):
        raise BillingError(f'{where}: join is text such as ", ", not {join!r}')
    return Expression(columns, join, None, given.get("default"), steps)


def columns_of(given: Any) -> set[str]:
    """Every column that a description of a field names, those of its dates included.

    >>> sorted(columns_of({"column": "days", "days_after": {"column": "start"}}))
    ['days', 'start']
    """
    if isinstance(given, str):
        return {given}
    found = {given["column"]} if "column" in given else set(given.get("columns", ()))
    for shift in _SHIFTS.keys() & given.keys():
        if isinstance(given[shift], dict):
            found |= columns_of(given[shift])
    return found


def _parse_columns(given: Mapping[str, Any], where: str) -> tuple[str, ...]:
    one, many = given.get("column"), given.get("columns")
    if isinstance(one, str) and many is None:
        return (one,)
    if one is None and isinstance(many, list) and many and all(isinstance(x, str) for x in many):
        return tuple(many)
    raise BillingError(f'{where}: write either column = "…", or columns = ["…", "…"]')


def _parse_steps(given: Mapping[str, Any], where: str) -> list[Step]:
    """What is done to the cell: looked up, read by its form, counted from a date."""
    steps: list[Step] = []
    if "lookup" in given:
        steps.append(_make_lookup(given["lookup"], where))
    if "format" in given:
        try:
            read = parse_format(str(given["format"]))
        except BillingError as error:
            raise BillingError(f"{where}: {error}") from None
        steps.append(lambda cell, _: None if cell is None else read(cell))
    shifts = [key for key in given if key in _SHIFTS]
    if len(shifts) > 1:
        raise BillingError(f"{where}: {shifts[0]} and {shifts[1]} exclude each other; drop one")
    if shifts:
        steps.append(_make_shift(shifts[0], given[shifts[0]], where))
    return steps


def _make_lookup(table: Any, where: str) -> Step:
    if not isinstance(table, dict) or not table:
        raise BillingError(f"{where}: lookup must be a table such as {{ Yes = true, No = false }}")

    def look_up(cell: Any, _: Row) -> Any:
        try:
            return clean_cell(table[str(cell)])
        except KeyError:
            raise BadValue(
                f"{cell!r} is not in the lookup ({', '.join(table)})",
                "correct the cell, or add it to the lookup in the mapping",
            ) from None

    return look_up


def _make_shift(key: str, base: Any, where: str) -> Step:
    """So many days, weeks, months or years before or after a date."""
    unit, sign = _SHIFTS[key]
    if isinstance(base, dict):
        origin: Expression | date = parse_expression(base, f"{where}.{key}")
    else:
        try:
            origin = read_date(base)
        except BadValue as error:
            raise BillingError(f"{where}.{key}: {error}") from None
    cadence = Cadence(1, unit)

    def shift(cell: Any, row: Row) -> Any:
        if cell is None:
            return None
        start = origin if isinstance(origin, date) else origin.value(row)
        if start is None:
            raise BadValue(f"there is no date to count the {unit}s from", "fill in that cell")
        try:
            return add_cadence(read_date(start), cadence, sign * read_whole(cell))
        except (OverflowError, ValueError) as error:
            if isinstance(error, BadValue):
                raise
            raise BadValue(f"{cell} {unit}s lead out of the calendar", "correct the cell") from None

    return shift
