"""Write down what happened to a user, with an account that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quarterday.services.events.record_event import record_event
from quarterday.store.models import User
from quarterday.store.queries.access import find_membership


def record_user_event(
    *, user: User, kind: str, now: datetime, actor: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write an event into the log of the account that the user chose last.

    Events belong to a seller; somebody without an account has none, and leaves no event.
    """
    row = find_membership(user.id)
    if row is None:
        return
    record_event(
        kind=kind,
        subject=user.public_id,
        seller_id=row.account.seller_id,
        account_id=row.account_id,
        actor=actor,
        now=now,
        data=data,
    )
