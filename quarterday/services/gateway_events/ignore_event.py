"""Take an event out of the inbox that is nobody's business."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import GatewayEvent, GatewayEventStatus


def ignore_event(
    *, event: GatewayEvent, reason: str, now: datetime, actor: str = "system"
) -> GatewayEvent:
    """The ignored event; nothing follows from it any more. Raises `Conflict` for one that was
    acted on.
    """
    reason = check_text(reason, "reason", 500)
    assert event.seller_id is not None, "an event of a gateway has a seller"
    with transaction.atomic():
        rows = GatewayEvent.objects.filter(id=event.id)
        done = (GatewayEventStatus.PROCESSED, GatewayEventStatus.IGNORED)
        status = GatewayEventStatus.IGNORED
        if rows.exclude(status__in=done).update(
            status=status, error=reason, processed_at=now, next_at=None
        ):
            record_event(
                kind="gateway_event.ignored",
                subject=event.public_id,
                seller_id=event.seller_id,
                actor=actor,
                now=now,
                data={"reason": reason, "gateway": event.gateway},
            )
        elif rows.filter(status=GatewayEventStatus.PROCESSED).exists():
            raise Conflict(f"event {event.public_id} was acted on; nothing was changed")
    event.refresh_from_db()
    return event
