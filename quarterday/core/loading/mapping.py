"""A mapping: how the columns of somebody's file become records of the native format.

It is data, read from TOML by its caller. Everything that it says is checked before the first row.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.loading.condition import Condition, parse_conditions
from quarterday.core.loading.mapped import MappedRecord, parse_mapped
from quarterday.core.loading.problem import BadValue
from quarterday.core.loading.record import Record, read_record

# Set up once, before the rows, in this order.
_SETUP = {
    "taxes": "tax_rate",
    "meters": "meter",
    "products": "product",
    "plans": "plan",
    "prices": "price",
    "discounts": "discount",
}
# Made of every row, in this order; each refers to those before it.
_ROWS = ("account", "contact", "subscription", "addon", "charge", "usage", "payment", "credit")
_KEYS = ("source", "skip_when", "seller", *_SETUP, *_ROWS)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What to set up once, and what to make of every row. ``columns`` are all that it names."""

    source: Table[str, Any]
    setup: tuple[Record, ...]
    skip_when: tuple[Condition, ...]
    records: tuple[MappedRecord, ...]
    columns: frozenset[str]

    def read_row(self, row: Table[str, Any]) -> tuple[list[Record], list[BadValue]]:
        """The records of a row with all that is wrong with it; both empty when it is skipped."""
        records: list[Record] = []
        wrong: list[BadValue] = []
        if any(condition.holds(row) for condition in self.skip_when):
            return records, wrong
        for mapped in self.records:
            if any(condition.holds(row) for condition in mapped.skip_when):
                continue
            record, found = mapped.read_row(row)
            records.append(record)
            # A cell that several records use is told of once.
            told = {error.column for error in wrong}
            wrong += [error for error in found if error.column not in told]
        return records, wrong

    def check_columns(self, header: Table[str, Any]) -> None:
        """Raise `BillingError` when the file lacks a column that the mapping names."""
        if missing := sorted(self.columns - header.keys()):
            raise BillingError(
                f"the file has no column {missing[0]!r}; it has {', '.join(header)}. "
                "Correct the mapping, or the delimiter and encoding in its [source]"
            )


def parse_mapping(given: Table[str, Any]) -> Mapping:
    """Read a mapping; raises `BillingError` naming the table and key that is amiss.

    >>> mapping = parse_mapping(
    ...     {
    ...         "seller": {"code": "web"},
    ...         "account": {
    ...             "external_id": "No",
    ...             "name": {"columns": ["First", "Last"]},
    ...             "country": {"constant": "DE"},
    ...         },
    ...     }
    ... )
    >>> records, wrong = mapping.read_row({"No": "7", "First": "Example", "Last": "GmbH"})
    >>> records[0].values
    {'external_id': '7', 'name': 'Example GmbH', 'country': 'DE', 'seller': 'web'}
    """
    if unknown := [key for key in given if key not in _KEYS]:
        raise BillingError(f"the mapping has an unknown table {unknown[0]!r}; {_known()}")
    for key in given:
        _check_shape(key, given[key])
    seller = str(given.get("seller", {}).get("code", ""))
    shared: dict[str, Any] = {}
    records: list[MappedRecord] = []
    for kind in _ROWS:
        tables = given.get(kind, [])
        for table in tables if isinstance(tables, list) else [tables]:
            records.append(parse_mapped(kind, table, seller, shared))
            if kind in ("account", "subscription"):
                shared.setdefault(kind, table.get("external_id"))
    if not records:
        raise BillingError(f"the mapping makes nothing of a row; add one of {', '.join(_ROWS)}")
    skip_when = parse_conditions(given.get("skip_when", []), "skip_when")
    columns = {column for mapped in records for column in mapped.all_columns}
    return Mapping(
        given.get("source", {}),
        tuple(_read_setup(given, seller)),
        skip_when,
        tuple(records),
        frozenset(columns | {condition.column for condition in skip_when}),
    )


def _check_shape(key: str, value: Any) -> None:
    """Raise unless a key of the mapping holds a table, or a list of tables where it may."""
    if key == "skip_when":
        return
    many = value if isinstance(value, list) else [value]
    if isinstance(value, list) and key in ("source", "seller"):
        raise BillingError(f"the mapping has one [{key}], not several")
    if key in _SETUP and not isinstance(value, list):
        raise BillingError(f"{key} is a list of tables; write [[{key}]]")
    if not all(isinstance(one, dict) for one in many):
        raise BillingError(f"{key} must be a table; write [{key}]")


def _read_setup(given: Table[str, Any], seller: str) -> list[Record]:
    """The seller and the catalogue; a seller of whom only the code is given is there already."""
    tables = [("seller", given["seller"])] if len(given.get("seller", {})) > 1 else []
    tables += [
        (kind, {"seller": seller or None, **table})
        for name, kind in _SETUP.items()
        for table in given.get(name, [])
    ]
    found = []
    for kind, table in tables:
        record, wrong = read_record(kind, table)
        if wrong:
            raise BillingError(f"the mapping's {kind}: {wrong[0].column}: {wrong[0]}")
        found.append(record)
    return found


def _known() -> str:
    return f"known: {', '.join(_KEYS)}"
