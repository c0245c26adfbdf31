"""When a mapping leaves a row, or a part of it, alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.loading.expression import clean_cell

_KEYS = ("column", "is", "is_not", "in", "is_empty")


class Condition(NamedTuple):
    """Whether the cell of a column is one of some texts; ``holds_for`` says if it is to be."""

    column: str
    texts: frozenset[str]
    holds_for: bool

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether it holds for a row; an empty cell is the empty text."""
        cell = clean_cell(row.get(self.column))
        return (("" if cell is None else str(cell)) in self.texts) is self.holds_for


def parse_conditions(given: Any, where: str) -> tuple[Condition, ...]:
    """Read ``skip_when``: one condition, or a list of which any is enough.

    Raises `BillingError` naming the key that is amiss.

    >>> (closed,) = parse_conditions({"column": "Status", "in": ["closed", "test"]}, "skip_when")
    >>> closed.holds({"Status": "test"}), closed.holds({"Status": "open"})
    (True, False)
    """
    many = given if isinstance(given, list) else [given]
    return tuple(_parse(one, where) for one in many)


def _parse(given: Any, where: str) -> Condition:
    if not isinstance(given, dict) or not isinstance(given.get("column"), str):
        raise BillingError(f'{where}: write a condition such as {{ column = "Status", is = "x" }}')
    if unknown := [key for key in given if key not in _KEYS]:
        raise BillingError(f"{where}: unknown key {unknown[0]!r}; known: {', '.join(_KEYS)}")
    tests = [key for key in given if key != "column"]
    if len(tests) != 1:
        raise BillingError(f"{where}: a condition has one of {', '.join(_KEYS[1:])}")
    test, want = tests[0], given[tests[0]]
    if test == "is_empty":
        return Condition(given["column"], frozenset([""]), bool(want))
    if test == "in":
        if not isinstance(want, list):
            raise BillingError(f'{where}: in is a list such as ["closed", "test"]')
        return Condition(given["column"], frozenset(map(str, want)), True)
    return Condition(given["column"], frozenset([str(want)]), test == "is")
