"""Write down what happened to a user, with those whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quarterday.services.events.record_event import record_event
from quarterday.store.models import User
from quarterday.store.queries.access import find_membership
from quarterday.store.queries.staff import find_posts


def record_user_event(
    *, user: User, kind: str, now: datetime, actor: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write an event into the log of the account that the user chose last, and into that of each
    seller that they work for.

    Events belong to a seller; somebody with neither leaves no event.
    """
    row = find_membership(user.id)
    places: dict[int, int | None] = {post.seller.id: None for post in find_posts(user)}
    if row is not None:
        places[row.account.seller_id] = row.account_id
    for seller_id, account_id in places.items():
        record_event(
            kind=kind,
            subject=user.public_id,
            seller_id=seller_id,
            account_id=account_id,
            actor=actor,
            now=now,
            data=data,
        )
