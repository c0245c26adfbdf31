"""Note that something is right again."""

from __future__ import annotations

from datetime import datetime

from quarterday.store.models import Alert


def resolve_alert(*, key: str, now: datetime) -> bool:
    """Close the open alert of a key; whether there was one.

    One that was never told is told neither now: it was over before anybody had to hear of it.
    """
    rows = Alert.objects.filter(key=key[:160], resolved_at__isnull=True)
    return bool(rows.update(resolved_at=now))
