"""Take something to tell, for a while, so that nobody else tells it at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from quarterday.store.bulk import is_postgresql
from quarterday.store.models import HookStatus, WebhookDelivery

# Longer than a request takes. Whoever dies after it was sent tells it again: with the same id.
LEASE = timedelta(minutes=1)


def claim_delivery(
    *, now: datetime, avoid: Collection[int] = (), kind: str = ""
) -> WebhookDelivery | None:
    """What has waited for longest, taken until the lease is over; None without any.

    ``avoid`` are endpoints that do not answer at present; ``kind`` is how kinds have to begin.
    """
    with transaction.atomic():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        rows = WebhookDelivery.objects.filter(
            free, status=HookStatus.QUEUED, next_at__lte=now, endpoint__is_enabled=True
        ).exclude(endpoint__in=list(avoid))
        if kind:
            rows = rows.filter(kind__startswith=kind)
        if is_postgresql():
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        found = rows.select_related("endpoint__seller").order_by("next_at", "id").first()
        if found is None:
            return None
        found.claimed_until = now + LEASE
        WebhookDelivery.objects.filter(id=found.id).update(claimed_until=found.claimed_until)
    return found
