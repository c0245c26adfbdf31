"""Take a service to drive, for a while, so that nobody else does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from quarterday.store.bulk import is_postgresql
from quarterday.store.models import ServiceState, ServiceStatus

# Until the call is written down, which then takes as long as its place may need.
LEASE = timedelta(seconds=30)

# A place of a seller: the seller's key and the place's code.
Place = tuple[int, str]


def claim_service(*, now: datetime, avoid: Collection[Place] = ()) -> ServiceState | None:
    """The service that has been due for longest, taken until the lease is over; None without any.

    ``avoid`` are places that do not answer at present. Two workers never get the same one.
    """
    with transaction.atomic():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        rows = ServiceState.objects.filter(free, status=ServiceStatus.DUE, next_at__lte=now)
        for seller_id, place in avoid:
            rows = rows.exclude(place=place, subscription__account__seller_id=seller_id)
        if is_postgresql():
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        found = rows.order_by("next_at", "id").first()
        if found is None:
            return None
        found.claimed_until = now + LEASE
        ServiceState.objects.filter(id=found.id).update(claimed_until=found.claimed_until)
    return found
