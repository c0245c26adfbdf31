"""Write down that something happened, in the transaction in which it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from quarterday.store.bulk import execute_each
from quarterday.store.fields import dump_data
from quarterday.store.models import Event

_COLUMNS = ("seller_id", "account_id", "kind", "subject", "actor", "at", "data")


def record_event(
    *,
    kind: str,
    subject: str,
    seller_id: int,
    account_id: int | None = None,
    actor: str = "system",
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write an event. ``kind`` is noun and past verb (``account.opened``), ``subject`` the public
    id or code of what it happened to, ``actor`` who did it, and ``data`` plain JSON values.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    row = (seller_id, account_id, kind, subject, actor, at, dump_data(dict(data or {})))
    # Not by the ORM: every service does it, and loaders call services for each of their rows.
    execute_each(Event, _COLUMNS, [row])
