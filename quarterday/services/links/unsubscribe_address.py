"""Take an address off a seller's marketing, and put it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.store.models import Link, Unsubscription


def unsubscribe_address(*, link: Link, now: datetime) -> None:
    """The address of a link gets no more marketing of its seller; twice is once."""
    with transaction.atomic():
        _, is_new = Unsubscription.objects.get_or_create(
            seller_id=link.seller_id, address=link.address.lower(), defaults={"at": now}
        )
        if is_new:
            _record(link, "address.unsubscribed", now)


def resubscribe_address(*, link: Link, now: datetime) -> None:
    """Undo it, for somebody who pressed the wrong button."""
    with transaction.atomic():
        rows = Unsubscription.objects.filter(seller_id=link.seller_id, address=link.address.lower())
        if rows.delete()[0]:
            _record(link, "address.resubscribed", now)


def _record(link: Link, kind: str, now: datetime) -> None:
    record_event(
        kind=kind,
        subject=link.public_id,
        seller_id=link.seller_id,
        account_id=link.account_id,
        actor=f"link {link.public_id}",
        now=now,
    )
