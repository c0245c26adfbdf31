"""Revoke one link."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.store.models import Link


def revoke_link(*, link: Link, now: datetime, actor: str = "system") -> None:
    """Make a link open nothing any more; one that is revoked already stays as it is."""
    with transaction.atomic():
        if not Link.objects.filter(id=link.id, revoked_at=None).update(revoked_at=now):
            return
        record_event(
            kind="link.revoked",
            subject=link.public_id,
            seller_id=link.seller_id,
            account_id=link.account_id,
            actor=actor,
            now=now,
            data={"purpose": link.purpose},
        )
