"""Write down that something happened, in the transaction in which it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quarterday.store.fields import dump_data
from quarterday.store.models import Event


def record_event(
    *,
    kind: str,
    subject: str,
    seller_id: int,
    account_id: int | None = None,
    actor: str = "system",
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write an event. ``kind`` is noun and past verb (``account.opened``), ``subject`` the public
    id or code of what it happened to, ``actor`` who did it, and ``data`` plain JSON values.
    """
    return Event.objects.create(
        kind=kind,
        subject=subject,
        seller_id=seller_id,
        account_id=account_id,
        actor=actor,
        at=now,
        data=dump_data(dict(data or {})),
    )
