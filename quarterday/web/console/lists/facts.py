"""Everything that is kept of a row, for people: columns as labels and values."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.html import format_html

from quarterday.store.fields import DataField
from quarterday.store.models import Account
from quarterday.web.console.lists.columns import link_account
from quarterday.web.kit.words import format_day, format_money

_HIDDEN = {"id", "seller", "seller_snapshot", "account_snapshot", "snapshot", "content"}
# What these hold are words of the program.
_WORDS = {"kind", "status", "series", "method", "role"}
# Who has these could be somebody else.
_SECRET = {"session_key", "token", "password", "message_key"}


def list_facts(row: models.Model, hidden: Collection[str] = frozenset()) -> list[tuple[str, Any]]:
    """Labels and values of all columns that say something; keys of other tables are left out, and
    what is ``hidden``.
    """
    found = []
    for field in row._meta.concrete_fields:
        if (
            field.name in _HIDDEN | _SECRET
            or field.name in hidden
            or isinstance(field, models.BinaryField)
        ):
            continue
        value = getattr(row, field.name) if _is_shown(row, field) else None
        if value in (None, "", {}, []):
            continue
        label = field.name.removesuffix("_minor").replace("_", " ").capitalize()
        found.append((label, _show(row, field, value)))
    return found


def _is_shown(row: models.Model, field: models.Field[Any, Any]) -> bool:
    """Other rows only as far as they were read already, so that none costs a query."""
    if isinstance(field, models.ForeignKey):
        return field.is_cached(row)
    return not field.name.endswith("_id") or field.name in ("public_id", "external_id")


def _show(row: models.Model, field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(value, Account):
        return link_account(value)
    if field.name.endswith("_minor") and hasattr(row, "currency"):
        return format_money(value, row.currency)
    if isinstance(field, DataField) or isinstance(value, dict | list):
        text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html('<pre class="c-data">{}</pre>', text)
    if field.name in _WORDS:
        return str(value).replace("_", " ")
    return _show_plain(value)


def _show_plain(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, date):
        return format_day(value, "weekday")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
