"""Queue an alert for the endpoints of the installation, which belong to no single seller."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.hooks.kinds import wants
from quarterday.services.hooks.queue_hook import queue_deliveries
from quarterday.store.models import Alert, WebhookDelivery, WebhookEndpoint


def tell_endpoints(*, alert: Alert, now: datetime) -> None:
    """Queue that an alert was raised, or that it is over; each is told each endpoint once."""
    kind = "alert.raised" if alert.resolved_at is None else "alert.resolved"
    payload = {
        "id": alert.id,
        "kind": alert.kind,
        "text": alert.text,
        "raised_at": alert.raised_at.isoformat(),
        "resolved_at": alert.resolved_at and alert.resolved_at.isoformat(),
    }
    endpoints = WebhookEndpoint.objects.filter(seller=None, is_enabled=True)
    queue_deliveries(
        WebhookDelivery(
            endpoint=one,
            kind=kind,
            key=f"{kind} {alert.id}",
            payload=payload,
            created_at=now,
            next_at=now,
        )
        for one in endpoints
        if wants(one.kinds, kind)
    )
