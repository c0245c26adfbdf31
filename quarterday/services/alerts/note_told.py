"""Write down that the staff was told of an alert, or of its end."""

from __future__ import annotations

from datetime import datetime

from quarterday.store.models import Alert


def note_told(alert: Alert, *, now: datetime) -> None:
    """What was told is as the alert was when it was read: that it stands, or that it is over."""
    values = {"told_at": alert.told_at or now}
    if alert.resolved_at is not None:
        values["resolved_told_at"] = now
    Alert.objects.filter(id=alert.id).update(**values)
