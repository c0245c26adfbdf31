"""Let the sandbox say something, as if its server had called the hook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.ports.gateway import list_gateways
from quarterday.services.gateway_events.process_events import process_event
from quarterday.services.gateway_events.store_events import name_event, store_events
from quarterday.store.models import GatewayEvent, GatewayEventStatus, Seller

SANDBOX = "sandbox"


def say_in_sandbox(*, seller: Seller, said: Mapping[str, Any], now: datetime) -> GatewayEvent:
    """The event, signed, parsed, stored and acted on by what serves real gateways.

    Raises `BillingError` where nothing followed from it, with the reason.
    """
    # Whatever the seller's own secret is: this call never leaves the process.
    kind: Any = list_gateways()[SANDBOX]
    gateway = kind({"hook_secret": token_hex()})
    event_id = f"evt_{token_hex(8)}"
    headers, body = gateway.make_event({"id": event_id, "at": now.isoformat(), **said})
    news = gateway.parse_event(headers, body, now)
    store_events(seller=seller, gateway=SANDBOX, news=news, body=body.decode(), now=now)
    event = GatewayEvent.objects.select_related("seller__brand").get(
        gateway=SANDBOX, event_id=name_event(seller, event_id)
    )
    process_event(event, now=now)
    event.refresh_from_db()
    if event.status != GatewayEventStatus.PROCESSED:
        raise BillingError(f"nothing follows from event {event.public_id} yet: {event.error}")
    return event
