"""Put right what strayed: what was not told, and what others changed at the places."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from quarterday.core.period import local_date
from quarterday.core.service import ServiceCondition
from quarterday.ports.provisioner import Failed, Found
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.provisioning.settle_service import change_row, put_off
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.store.models import Seller, ServiceState, ServiceStatus
from quarterday.store.queries.strayed import find_strayed, find_unserved

# How often a place is asked how a service is.
EVERY = timedelta(days=1)
_MOST = 1000


def repair_wanted(*, now: datetime) -> int:
    """Work out anew what is wanted where it is not what contract and holds ask for; how many."""
    repaired = 0
    for one in (*find_strayed(_MOST), *find_unserved(_MOST)):
        with transaction.atomic():
            account, subscription = claim_subscription(one.subscription_id)
            today = local_date(now, account.seller.time_zone)
            service = set_wanted(subscription=subscription, today=today, now=now, actor="repair")
            repaired += service is not None
    return repaired


def record_found(service: ServiceState, found: Found, *, now: datetime) -> bool:
    """Keep how a service was found at its place; whether it had strayed.

    What others changed is put right, as what is wanted counts. But one that is gone is not made
    anew by itself: somebody has to look first, since what was in it is gone too.
    """
    with transaction.atomic():
        account, subscription = claim_subscription(service.subscription_id)
        row = ServiceState.objects.get(id=service.id)
        if (row.status, row.generation) != (ServiceStatus.SETTLED, service.generation):
            return False
        serves = row.condition == ServiceCondition.RESTRICTED
        known = ServiceCondition.ACTIVE if serves else ServiceCondition(row.condition)
        if found.condition in (known, row.condition):
            change_row(row, condition_at=now)
            return False
        record_event(
            kind="service.strayed",
            subject=row.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            now=now,
            data={"known": str(row.condition), "found": str(found.condition)},
        )
        if found.condition is ServiceCondition.NONE:
            change_row(row, condition=found.condition, condition_at=now)
            text = "it is gone at its place; look there, then retry to have it made anew"
            put_off(row, subscription, Failed(text, is_retryable=False), now=now)
            return True
        change_row(
            row,
            condition=found.condition,
            condition_at=now,
            generation=row.generation + 1,
            status=ServiceStatus.DUE,
            next_at=now,
        )
    return True


def list_to_look_at(
    *, now: datetime, seller: Seller, place: str, limit: int = 200
) -> list[ServiceState]:
    """Settled services at a place that nobody has looked at for a day, the longest first."""
    made = [ServiceCondition.ACTIVE, ServiceCondition.RESTRICTED, ServiceCondition.SUSPENDED]
    rows = ServiceState.objects.filter(
        subscription__account__seller=seller,
        place=place,
        status=ServiceStatus.SETTLED,
        condition__in=made,
        condition_at__lt=now - EVERY,
    )
    return list(rows.order_by("condition_at", "id")[:limit])
