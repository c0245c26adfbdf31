"""Take deliveries to work on, for a while, so that nobody else does; and let them go.

A delivery is ``queued`` until the very moment at which it is handed over. Whoever dies before has
sent nothing, and it is taken again when the lease is over. It is ``sending`` from then until the
answer is written down. Whoever dies in between may have sent it, so it becomes ``unknown``, and is
never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Delivery, DeliveryStatus

LEASE = timedelta(minutes=10)
_DIED = "the worker ended while it was being handed over; it may have been sent"


def claim_deliveries(*, channel: str, now: datetime, limit: int = 50) -> list[Delivery]:
    """Deliveries of a channel whose time has come, taken until the lease is over."""
    with transaction.atomic():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        rows = Delivery.objects.filter(
            free, status=DeliveryStatus.QUEUED, channel=channel, next_at__lte=now
        )
        if is_postgresql():
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        rows = rows.select_related("message__account", "message__seller__brand", "contact")
        found = list(rows.order_by("next_at", "id")[:limit])
        until = now + LEASE
        Delivery.objects.filter(id__in=[one.id for one in found]).update(claimed_until=until)
        for one in found:
            one.claimed_until = until
    return found


def begin_sending(
    delivery: Delivery, *, provider: str, title: str, content: bytes, now: datetime
) -> bool:
    """Write down that a delivery is about to be handed over; False when it is no longer ours."""
    until = now + LEASE
    is_ours = _move(
        delivery,
        DeliveryStatus.QUEUED,
        status=DeliveryStatus.SENDING,
        attempts=F("attempts") + 1,
        provider=provider,
        title=title[:500],
        content=content,
        claimed_until=until,
    )
    delivery.claimed_until = until
    return is_ours


def release_delivery(delivery: Delivery, *, next_at: datetime) -> bool:
    """Give a delivery back unsent, to be tried again later."""
    return _move(delivery, DeliveryStatus.QUEUED, claimed_until=None, next_at=next_at)


def end_delivery(delivery: Delivery, *, status: DeliveryStatus, reason: str) -> bool:
    """Close a delivery that was never handed over."""
    return _move(
        delivery, DeliveryStatus.QUEUED, status=status, error=reason[:500], claimed_until=None
    )


def note_lost(*, now: datetime) -> int:
    """Deliveries whose worker died while handing them over become ``unknown``; how many."""
    lost = Delivery.objects.filter(status=DeliveryStatus.SENDING, claimed_until__lte=now)
    return lost.update(status=DeliveryStatus.UNKNOWN, claimed_until=None, error=_DIED)


def _move(delivery: Delivery, old: DeliveryStatus, **changes: object) -> bool:
    """By compare-and-set, as long as the lease is the one that was taken."""
    rows = Delivery.objects.filter(id=delivery.id, status=old, claimed_until=delivery.claimed_until)
    return bool(rows.update(**changes))
