"""One record of the native format, typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from quarterday.core.loading.problem import BadValue
from quarterday.core.loading.schema import RECORD_TYPES, Field


class Record(NamedTuple):
    """A thing to load: its type, its fields as types, and the columns that they came from.

    A field that the file leaves out or empty is not in ``values``.
    """

    type: str
    values: dict[str, Any]
    columns: Mapping[str, str]

    def column_of(self, field: str) -> str:
        """The column that a field came from; in the native format that is its own name."""
        return self.columns.get(field, field)

    def refuse(self, field: str, reason: str, remedy: str) -> BadValue:
        """What to raise when a field cannot be what it is."""
        return BadValue(reason, remedy, self.column_of(field), self.values.get(field))


_NO_COLUMNS: Mapping[str, str] = {}


def read_record(
    kind: str, given: Mapping[str, Any], columns: Mapping[str, str] = _NO_COLUMNS
) -> tuple[Record, list[BadValue]]:
    """The record that some values describe, with all that is wrong with it.

    ``columns`` says which column a field came from; without it, a field is its own column.

    >>> record, wrong = read_record("product", {"code": "web", "name": "Web space"})
    >>> record.values, wrong
    ({'code': 'web', 'name': 'Web space'}, [])
    >>> [str(one) for one in read_record("product", {"code": "web", "colour": "red"})[1]]
    ['a product has no colour; leave it out, or use one of code, income_code, name, seller, \
settings, tax_class', 'a product needs name; fill it in']
    """
    fields = RECORD_TYPES[kind]
    values: dict[str, Any] = {}
    wrong: list[BadValue] = []
    for name, value in given.items():
        if value is None or value == "":
            continue
        field = fields.get(name)
        if field is None:
            remedy = f"leave it out, or use one of {', '.join(sorted(fields))}"
            wrong.append(BadValue(f"{_a(kind)} has no {name}", remedy, name, value))
            continue
        try:
            values[name] = _read(field, value)
        except BadValue as error:
            wrong.append(error.at(columns.get(name, name), value))
    for name, field in fields.items():
        if field.is_needed and values.get(name, "") == "":
            column = columns.get(name, name)
            if column not in {error.column for error in wrong}:
                wrong.append(BadValue(f"{_a(kind)} needs {name}", "fill it in", column, ""))
    return Record(kind, values, columns), wrong


def _read(field: Field, value: Any) -> Any:
    found = field.read(value)
    if field.limit and len(found) > field.limit:
        raise BadValue(f"the text has {len(found)} characters", f"shorten it to {field.limit}")
    return found


def read_native(given: Mapping[str, Any]) -> tuple[Record | None, list[BadValue]]:
    """The record of a line in the native format, which names its type.

    >>> record, wrong = read_native({"type": "meter", "code": "traffic", "name": "Traffic"})
    >>> record.type
    'meter'
    >>> [str(one) for one in read_native({"type": "car"})[1]]
    ["'car' is no type of record; use one of account, addon, brand, charge, contact, credit, \
discount, meter, offer, payment, plan, price, product, product_group, provisioning, \
seller, subscription, tax_rate, usage"]
    """
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in RECORD_TYPES:
        remedy = f"use one of {', '.join(sorted(RECORD_TYPES))}"
        return None, [BadValue(f"{kind!r} is no type of record", remedy, "type", kind)]
    return read_record(kind, {name: value for name, value in given.items() if name != "type"})


def _a(kind: str) -> str:
    words = kind.replace("_", " ")
    return f"an {words}" if words[0] in "aeio" else f"a {words}"
