"""Take a key back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.store.models import ApiKey


def revoke_key(*, key: ApiKey, now: datetime, actor: str = "system") -> bool:
    """Let nobody in with a key any more; False when it was revoked before."""
    with transaction.atomic():
        if not ApiKey.objects.filter(id=key.id, revoked_at__isnull=True).update(revoked_at=now):
            return False
        record_event(
            kind="api_key.revoked",
            subject=key.public_id,
            seller_id=key.seller_id,
            actor=actor,
            now=now,
            data={"name": key.name},
        )
    return True
