"""Write down what somebody did with an endpoint."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.events.record_event import record_event
from quarterday.store.models import WebhookEndpoint


def note_endpoint(
    endpoint: WebhookEndpoint, kind: str, *, actor: str, now: datetime, **more: int
) -> None:
    """Write the event; one of the installation belongs to no seller's log."""
    if endpoint.seller_id is None:
        return
    record_event(
        kind=kind,
        subject=endpoint.public_id,
        seller_id=endpoint.seller_id,
        actor=actor,
        now=now,
        data={"url": endpoint.url, "kinds": endpoint.kinds, **more},
    )
