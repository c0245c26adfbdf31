"""Write down that a list of customers or of their money was taken out as a file."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.events.record_event import record_event
from quarterday.store.models import Seller


def note_list(*, seller: Seller, name: str, asked: str, actor: str, now: datetime) -> None:
    """The event, so that an owner can find out who took which rows and when; ``asked`` is how the
    list was narrowed, as it stood in the address.
    """
    record_event(
        kind="list.exported",
        subject=name,
        seller_id=seller.id,
        actor=actor,
        now=now,
        data={"asked": asked[:500]} if asked else None,
    )
