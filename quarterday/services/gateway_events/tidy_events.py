"""Let go of what events said, when nobody needs it any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from quarterday.store.models import GatewayEvent, GatewayEventStatus

KEPT = timedelta(days=90)
_OVER = (GatewayEventStatus.PROCESSED, GatewayEventStatus.IGNORED)
_BATCH = 5000


def tidy_events(*, now: datetime) -> int:
    """Empty what was acted on or ignored 90 days ago, which may tell of people; how many.

    The row itself stays, so that the event never counts a second time.
    """
    count, last = 0, 0
    rows = GatewayEvent.objects.filter(status__in=_OVER, received_at__lt=now - KEPT)
    # What is empty already stands in the way of nothing: it is skipped by the condition.
    rows = rows.exclude(body="", news={}).order_by("id")
    while keys := list(rows.filter(id__gt=last).values_list("id", flat=True)[:_BATCH]):
        count += GatewayEvent.objects.filter(id__in=keys).update(body="", news={})
        last = keys[-1]
    return count
