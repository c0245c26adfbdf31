"""Write down what became of a delivery that was handed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from django.db import transaction

from quarterday.ports.mailer import Answer, Outcome
from quarterday.services.messages.mark_address import mark_address
from quarterday.store.models import Delivery, DeliveryStatus

TRIES = 12
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=6)


def record_outcome(delivery: Delivery, outcome: Outcome, *, now: datetime) -> bool:
    """The answer of a transport; False when the delivery was closed by somebody else meanwhile.

    What was put off is tried again, later each time. A refusal that blames the address marks it.
    """
    attempts = delivery.attempts + 1
    changes: dict[str, object] = {"claimed_until": None, "error": outcome.reason[:500]}
    match outcome.answer:
        case Answer.SENT:
            changes |= {"status": DeliveryStatus.SENT, "sent_at": now, "error": ""}
            changes["provider_id"] = outcome.provider_id[:200]
        case Answer.DEFERRED if attempts < TRIES:
            wait = find_wait(delivery.public_id, attempts)
            changes |= {"status": DeliveryStatus.QUEUED, "next_at": now + wait}
        case Answer.UNKNOWN:
            changes["status"] = DeliveryStatus.UNKNOWN
        case _:
            bounced = outcome.is_address
            changes["status"] = DeliveryStatus.BOUNCED if bounced else DeliveryStatus.FAILED
    with transaction.atomic():
        rows = Delivery.objects.filter(
            id=delivery.id,
            status=DeliveryStatus.SENDING,
            claimed_until=delivery.claimed_until,
        )
        if not rows.update(**changes):
            return _is_late_success(delivery, outcome, changes)
        if changes["status"] == DeliveryStatus.BOUNCED:
            mark_address(address=delivery.address, reason="bounced", detail=outcome.reason, now=now)
    return True


def _is_late_success(delivery: Delivery, outcome: Outcome, changes: dict[str, object]) -> bool:
    """An answer that came after the delivery had been given up as unknown: now it is known."""
    if outcome.answer is not Answer.SENT:
        return False
    rows = Delivery.objects.filter(id=delivery.id, status=DeliveryStatus.UNKNOWN)
    return bool(rows.update(**changes))


def find_wait(public_id: str, attempts: int) -> timedelta:
    """How long to wait before the next try: doubled each time, and up to half of that more.

    What is added follows from the delivery's id, so that what was put off together does not come
    back together, and a test knows what to expect.
    """
    wait = min(_FIRST * int(2 ** (attempts - 1)), _LONGEST)
    share = crc32(f"{public_id}:{attempts}".encode()) % 1000
    return wait + wait * share / 2000
