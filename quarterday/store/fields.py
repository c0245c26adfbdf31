"""Column types of the house: exact decimals as text, plain data as JSON text, public ids."""

from __future__ import annotations

import json
import os
import time
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.db import models

from quarterday.core.money import parse_exact, plain


def make_public_id(prefix: str) -> str:
    """An id to show outside: prefixed, sortable by time, with 80 random bits.

    It begins with the millisecond, so that new ids land at the end of their index; nobody can
    guess the rest.
    """
    return f"{prefix}_{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


class PublicIdField(models.CharField[str, str]):
    """A unique, unguessable id such as ``inv_019a…``; the database's own ids stay inside."""

    def __init__(self, prefix: str = "", **options: Any) -> None:
        self.prefix = prefix
        super().__init__(
            **{
                "max_length": 40,
                "unique": True,
                "editable": False,
                "default": partial(make_public_id, prefix),
                **options,
            }
        )

    def deconstruct(self) -> Any:
        """For migrations: the prefix is all that matters."""
        name, path, args, options = super().deconstruct()
        for implied in ("max_length", "unique", "editable", "default"):
            options.pop(implied, None)
        return name, path, args, {**options, "prefix": self.prefix}


_Exact = TypeVar("_Exact", Decimal, Decimal | None)


class ExactField(models.TextField[_Exact, _Exact]):
    """An exact decimal with at most 12 places, as text: unit prices, quantities and rates.

    Never summed in SQL, never a float (data rules).
    """

    def from_db_value(self, value: str | None, *_: object) -> Decimal | None:
        """Text to decimal."""
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Any:
        """What a form or a fixture gives, exactly."""
        return value if value is None or isinstance(value, Decimal) else parse_exact(value)

    def get_prep_value(self, value: Any) -> Any:
        """Decimal to its shortest exact text."""
        return None if value is None else plain(parse_exact(value))


class DataField(models.TextField[Any, Any]):
    """Plain data as JSON text with sorted keys: the same data is always the same bytes."""

    # What the type checker's plug-in takes for the types of values; it knows text fields only.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """Text to data."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """Text from a form or fixture is parsed; data stays as it is."""
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """Data to text."""
        return None if value is None else dump_data(value)


def dump_data(value: Any) -> str:
    """Data as canonical JSON text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def minor_field(**options: Any) -> models.BigIntegerField[int, int]:
    """A money column in minor units of the row's currency."""
    return models.BigIntegerField(**options)
