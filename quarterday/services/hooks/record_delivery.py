"""Write down what became of something that was told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import HookStatus, WebhookDelivery, WebhookEndpoint

# The waits that Standard Webhooks recommends, about three days together.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
# An endpoint that has answered nothing good for so long is told nothing more.
PATIENCE = timedelta(days=5)


def record_delivery(
    delivery: WebhookDelivery, *, status: int | None, error: str = "", now: datetime
) -> bool:
    """Keep the answer of an endpoint: its HTTP status, or None where there was none.

    What was not taken is told again, later each time, and given up in the end; 410 says that the
    endpoint is gone for good. False when somebody else took it over meanwhile.
    """
    is_taken = status is not None and 200 <= status < 300
    tries = delivery.tries + 1
    changes: dict[str, Any] = {
        "claimed_until": None,
        "tries": tries,
        "answer": status,
        "error": "" if is_taken else (error or f"it answered {status}")[:500],
    }
    if is_taken:
        changes |= {"status": HookStatus.SENT, "sent_at": now}
    elif status == 410 or tries > len(WAITS):
        changes |= {"status": HookStatus.FAILED}
    else:
        changes |= {"next_at": now + find_wait(delivery.public_id, tries)}
    with transaction.atomic():
        rows = WebhookDelivery.objects.filter(
            id=delivery.id, status=HookStatus.QUEUED, claimed_until=delivery.claimed_until
        )
        if not rows.update(**changes):
            return False
        _judge_endpoint(delivery.endpoint, is_taken, is_gone=status == 410, now=now)
    return True


def find_wait(public_id: str, tries: int) -> timedelta:
    """How long to wait before the next try, and up to a tenth of that more, by its id."""
    wait = WAITS[tries - 1]
    return wait + wait * (crc32(f"{public_id}:{tries}".encode()) % 1000) / 10_000


def _judge_endpoint(
    endpoint: WebhookEndpoint, is_taken: bool, *, is_gone: bool, now: datetime
) -> None:
    """Remember since when an endpoint fails; after days, tell it nothing more and say so."""
    rows = WebhookEndpoint.objects.filter(id=endpoint.id)
    if is_taken:
        rows.filter(failing_since__isnull=False).update(failing_since=None)
        return
    rows.filter(failing_since__isnull=True).update(failing_since=now)
    if not is_gone:
        rows = rows.filter(failing_since__lt=now - PATIENCE)
    if not rows.filter(is_enabled=True).update(is_enabled=False):
        return
    if endpoint.seller is None:
        return
    record_event(
        kind="webhook.disabled",
        subject=endpoint.public_id,
        seller_id=endpoint.seller.id,
        now=now,
        data={"url": endpoint.url, "is_gone": is_gone},
    )
    open_task(
        seller=endpoint.seller,
        key=f"webhook {endpoint.public_id} {now:%Y-%m-%d}",
        kind="webhook",
        title=f"{endpoint.url} is told nothing more"[:200],
        text="It has taken nothing for five days, or said that it is gone. When it works again, "
        f"say: quarterday hooks enable {endpoint.public_id}",
        subject=endpoint.public_id,
        now=now,
    )
