"""What publishing has in common: the same code with the same content is the same row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model

from quarterday.services.compare import show_value
from quarterday.services.errors import Conflict

RowType = TypeVar("RowType", bound=Model)


class Published(NamedTuple):
    """Whether the row is new, the fields whose content was changed, and what they said before."""

    is_new: bool
    changed: tuple[str, ...]
    before: Mapping[str, Any]


def publish_row(
    model: type[RowType],
    *,
    label: str,
    key: Mapping[str, Any],
    content: Mapping[str, Any],
    editable: Collection[str] = (),
    remedy: str = "publish it under another code",
) -> tuple[RowType, Published]:
    """Find or create a row by its key, and bring its editable fields up to date.

    Call it within a transaction. Raises `Conflict`, which names the first difference, when a field
    that is not editable has other content: what was agreed with customers is never edited.
    """
    row, is_new = model._default_manager.get_or_create(**key, defaults=content)
    if is_new:
        return row, Published(True, (), {})
    different = [field for field, value in content.items() if getattr(row, field) != value]
    for field in different:
        if field not in editable:
            have, want = show_value(getattr(row, field)), show_value(content[field])
            raise Conflict(f"{label} is published with {field} {have}, not {want}; {remedy}")
    before = {field: getattr(row, field) for field in different}
    if different:
        changes = {field: content[field] for field in different}
        model._default_manager.filter(pk=row.pk).update(**changes)
        for field, value in changes.items():
            setattr(row, field, value)
    return row, Published(False, tuple(different), before)
