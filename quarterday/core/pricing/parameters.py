"""Parameters as plain data, read and written by the types of their fields.

A pricing model says its parameters once, as the fields of a dataclass; how they are stored,
sent and validated follows from that.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, cast, get_args, get_origin, get_type_hints

from quarterday.core.errors import BillingError
from quarterday.core.money import parse_exact, plain


class Parameters:
    """A frozen dataclass whose fields are decimals, whole numbers, or tuples of such dataclasses.

    Decimals are text in its data, and what has its default value is left out.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def to_data(self) -> dict[str, Any]:
        """Itself as plain data for JSON; a pricing model says its name first."""
        name = getattr(type(self), "model", None)
        data: dict[str, Any] = {} if name is None else {"model": name}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.default is MISSING or value != field.default:
                data[field.name] = _write(value)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` wrote; raises `BillingError` naming the parameter that is amiss."""
        kinds = _kinds(cast(Hashable, cls))  # mypy takes no class for hashable
        given = {name: value for name, value in data.items() if name != "model"}
        if unknown := sorted(map(str, given.keys() - kinds.keys())):
            raise BillingError(f"unknown parameter {', '.join(unknown)}; known: {', '.join(kinds)}")
        needed = [field.name for field in fields(cls) if field.default is MISSING]
        if missing := [name for name in needed if name not in given]:
            raise BillingError(f"the parameter {', '.join(missing)} is missing")
        return cls(**{name: _read(name, kinds[name], value) for name, value in given.items()})


@cache
def _kinds(parameters: Any) -> dict[str, Any]:
    """The type of each field, by name."""
    hints = get_type_hints(parameters)
    return {field.name: hints[field.name] for field in fields(parameters)}


def _write(value: Any) -> Any:
    """A parameter as plain data."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return [each.to_data() for each in value]
    return value


def _read(name: str, kind: Any, value: Any) -> Any:
    """A parameter of a type from plain data."""
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        kind = next(each for each in get_args(kind) if each is not NoneType)
    try:
        if kind is Decimal:
            return parse_exact(value)
        if kind is int:
            return _read_int(value)
        if not isinstance(value, list | tuple):
            raise BillingError(f"{value!r} is not a list")
        inner = get_args(kind)[0]
        return tuple(inner.from_data(_check_mapping(each)) for each in value)
    except BillingError as error:
        raise BillingError(f"{name}: {error}") from None


def _read_int(value: Any) -> int:
    """A whole number from a number or its text."""
    number = parse_exact(value)
    if number != int(number):
        raise BillingError(f"{value!r} is not a whole number")
    return int(number)


def _check_mapping(value: Any) -> Mapping[str, Any]:
    """The value, if it has named fields."""
    if not isinstance(value, Mapping):
        raise BillingError(f"{value!r} has no named fields")
    return value
