"""Queue for each endpoint the events that it is told of.

Nothing is written for an endpoint when something happens, so a billing run costs nothing more
where there are endpoints. Instead each endpoint remembers how far it has read the log of events.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from quarterday.services.hooks.kinds import is_told, wants
from quarterday.services.hooks.queue_hook import queue_deliveries
from quarterday.store.models import Account, Event, Seller, WebhookDelivery, WebhookEndpoint

_BATCH = 2000
# An event may be written by a transaction that began earlier and commits later than others, so its
# number is lower than ones that were read before. Nothing takes longer than this; until then what
# was read is read again, and is queued once by its key.
_SETTLED = timedelta(minutes=2)


def feed_events(*, now: datetime) -> int:
    """Queue what happened since each endpoint was looked at; how many events that were."""
    endpoints = WebhookEndpoint.objects.filter(is_enabled=True).select_related("seller")
    return sum(_feed(one, now) for one in endpoints.order_by("id"))


def _feed(endpoint: WebhookEndpoint, now: datetime) -> int:
    last, fed = endpoint.events_through, 0
    settled = last
    while True:
        rows = Event.objects.filter(id__gt=last)
        if endpoint.seller_id is not None:
            rows = rows.filter(seller_id=endpoint.seller_id)
        events = list(rows.order_by("id")[:_BATCH])
        told = [one for one in events if is_told(one.kind) and wants(endpoint.kinds, one.kind)]
        old = [one.id for one in events if one.at < now - _SETTLED]
        # Only what comes before the first fresh event is behind us for good.
        fresh = next((one.id for one in events if one.at >= now - _SETTLED), None)
        settled = _pass(settled, old, fresh)
        with transaction.atomic():
            queue_deliveries(_make_deliveries(endpoint, told, now))
            moved = WebhookEndpoint.objects.filter(id=endpoint.id, events_through__lt=settled)
            moved.update(events_through=settled)
        fed += len(told)
        if len(events) < _BATCH:
            return fed
        last = events[-1].id


def _pass(settled: int, old: Sequence[int], fresh: int | None) -> int:
    before = [key for key in old if fresh is None or key < fresh]
    return max([settled, *before])


def _make_deliveries(
    endpoint: WebhookEndpoint, events: Sequence[Event], now: datetime
) -> list[WebhookDelivery]:
    accounts = Account.objects.in_bulk({one.account_id for one in events if one.account_id})
    sellers = dict(Seller.objects.values_list("id", "code")) if events else {}
    return [
        WebhookDelivery(
            endpoint=endpoint,
            account_id=one.account_id,
            kind=one.kind,
            key=f"event {one.id}",
            payload={
                "seller": sellers[one.seller_id],
                **_make_payload(one, accounts.get(one.account_id or 0)),
            },
            created_at=now,
            next_at=now,
        )
        for one in events
    ]


def _make_payload(event: Event, account: Account | None) -> dict[str, Any]:
    """What an event says: when it was, what it is about, whose it is, and its own data."""
    return {
        "at": event.at.isoformat(),
        "subject": event.subject,
        "account": account
        and {"id": account.public_id, "external_id": account.external_id, "name": account.name},
        "details": json.loads(event.data),
    }
