"""Queue something to tell the other systems of a seller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from quarterday.core.errors import BillingError
from quarterday.services.hooks.kinds import wants
from quarterday.store.models import Account, Seller, WebhookDelivery, WebhookEndpoint


def queue_hook(
    *,
    kind: str,
    seller: Seller,
    payload: Mapping[str, Any],
    now: datetime,
    key: str,
    account: Account | None = None,
) -> int:
    """Queue a payload for each endpoint that is told the kind; how many were asked to get it.

    Call it in the transaction that makes it true. ``key`` names the occasion: the same key is told
    each endpoint once, however often it is queued. What happened and has an event of its own is
    told by itself (see `quarterday.services.hooks.feed_events`), so this is for the rest. Raises
    `BillingError` without a key.
    """
    if not key:
        raise BillingError("name the occasion by key, so that it is told once")
    rows = WebhookEndpoint.objects.filter(Q(seller=seller) | Q(seller=None), is_enabled=True)
    endpoints = [one for one in rows if wants(one.kinds, kind)]
    queue_deliveries(
        WebhookDelivery(
            endpoint=one,
            account=account,
            kind=kind,
            key=key[:160],
            payload=dict(payload),
            created_at=now,
            next_at=now,
        )
        for one in endpoints
    )
    return len(endpoints)


def queue_deliveries(deliveries: Iterable[WebhookDelivery]) -> None:
    """Write deliveries; those whose occasion is queued already stay as they are."""
    WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
