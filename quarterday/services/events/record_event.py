"""Write down that something happened, in the transaction in which it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from quarterday.store.bulk import execute_each
from quarterday.store.fields import dump_data
from quarterday.store.models import Event

# The keys of the seller and the account, the kind, the subject, and the data.
Happened = tuple[int, int | None, str, str, Mapping[str, Any]]
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
    record_events([(seller_id, account_id, kind, subject, data or {})], actor=actor, now=now)


def record_events(events: Sequence[Happened], *, actor: str, now: datetime) -> None:
    """Write many events of one time: seller, account, kind, subject and data of each."""
    at = connection.ops.adapt_datetimefield_value(now)
    # Not by the ORM: every service does it, and loaders call services for each of their rows.
    execute_each(
        Event,
        _COLUMNS,
        [
            (*keys, kind, subject, actor, at, dump_data(dict(data)))
            for *keys, kind, subject, data in events
        ],
    )
