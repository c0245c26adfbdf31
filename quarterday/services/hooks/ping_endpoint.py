"""Tell an endpoint that it is reached."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.hooks.claim_delivery import LEASE
from quarterday.store.models import WebhookDelivery, WebhookEndpoint


def ping_endpoint(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """A delivery of the kind ``webhook.ping``, claimed by whoever asks, to be sent at once."""
    return WebhookDelivery.objects.create(
        endpoint=endpoint,
        kind="webhook.ping",
        key=f"ping {now.isoformat()}",
        payload={"text": "Quarterday reaches you."},
        created_at=now,
        next_at=now,
        claimed_until=now + LEASE,
    )
