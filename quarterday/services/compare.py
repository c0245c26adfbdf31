"""What stands already against what is asked for: by a caller who tries again, or for a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model

from quarterday.core.money import Money, currency, plain
from quarterday.services.errors import Conflict

RowType = TypeVar("RowType", bound=Model)


def check_same(
    known: RowType, asked: RowType, fields: Iterable[str], *, label: str, remedy: str
) -> RowType:
    """The row as it stands, for a caller who asks for it again.

    ``label`` says what it is and what was done to it, such as "payment P1 was recorded". Raises
    `Conflict`, which names the first field that differs, and the remedy.
    """
    for field in fields:
        have, want = getattr(known, field), getattr(asked, field)
        if have != want:
            name, was, now = field, show_value(have), show_value(want)
            if field.endswith("_minor"):
                code: str = getattr(known, "currency")  # noqa: B009  every row with money has one
                name = field.removesuffix("_minor")
                was, now = show_amount(have, code), show_amount(want, code)
            raise Conflict(f"{label} with {name} {was}, not {now}; {remedy}")
    return known


def apply_changes(row: Model, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Set the fields of a row that are given and differ, without saving; which they are.

    None leaves a field as it is.
    """
    changes = {
        field: value
        for field, value in asked.items()
        if value is not None and getattr(row, field) != value
    }
    for field, value in changes.items():
        setattr(row, field, value)
    return changes


def show_amount(minor: int, code: str) -> str:
    """An amount in messages, which people read: 12.50 EUR."""
    return str(Money(minor, currency(code)))


def show_value(value: Any) -> str:
    """A value of a field as people read it."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Model):
        return str(value)
    return value.isoformat() if isinstance(value, date) else repr(value)
