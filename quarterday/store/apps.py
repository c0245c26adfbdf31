"""The one Django app, so that there is one linear history of migrations."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models import Field


def _subscript(field: type[Field[Any, Any]], _: object) -> type[Field[Any, Any]]:
    return field


# Type checkers know fields as generic, `CharField[str, str]`, but Django's are not. Apps are
# imported before any model, so this is in time for ours.
Field.__class_getitem__ = classmethod(_subscript)  # type: ignore[attr-defined]


class StoreConfig(AppConfig):
    """Everything that Quarterday stores."""

    name = "quarterday.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
