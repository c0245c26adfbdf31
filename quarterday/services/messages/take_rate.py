"""Keep to a rate that all workers share."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from quarterday.store.models import RateCount


def take_rate(*, key: str, limit: int, want: int, now: datetime) -> int:
    """How many of ``want`` may go in this minute; they count as gone. Without a limit, all."""
    if limit < 1:
        return want
    slot = int(now.timestamp()) // 60
    with transaction.atomic():
        RateCount.objects.get_or_create(key=key, slot=slot)
        rows = RateCount.objects.select_for_update().filter(key=key, slot=slot)
        granted = max(0, min(want, limit - rows.get().count))
        if granted:
            rows.update(count=F("count") + granted)
    return granted
