"""What a mail provider tells of a mail afterwards: that it arrived, bounced, or was complained of.

Every effect is the same when it is told twice, and none depends on the order in which providers
tell. A soft bounce counts once for each event that the provider names.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Q

from quarterday.services.messages.mark_address import (
    count_soft_bounce,
    forget_soft_bounces,
    mark_address,
)
from quarterday.services.messages.record_outcome import find_wait
from quarterday.store.models import Delivery, DeliveryStatus, GatewayEvent, GatewayEventStatus

SOFT_TRIES = 4
_HOURS = 7  # steps of doubling from a minute to two hours
_OPEN = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.SENDING)


class MailEvent(StrEnum):
    """What happened to a mail."""

    DELIVERED = "delivered"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    COMPLAINT = "complaint"


def receive_mail_event(
    *,
    provider: str,
    event: MailEvent,
    event_id: str,
    provider_id: str,
    address: str,
    detail: str,
    now: datetime,
) -> bool:
    """Take a provider's word about a mail; False when it was told before.

    A hard bounce or complaint stops all mail to the address. What bounced softly goes out again
    later; five such bounces in a row stop mail as well.
    """
    with transaction.atomic():
        if not _is_new(provider, event_id, event, now):
            return False
        delivery = _find(provider_id, address)
        address = (address or (delivery.address if delivery else "")).lower()
        match event:
            case MailEvent.DELIVERED:
                _move(delivery, DeliveryStatus.DELIVERED, "")
                forget_soft_bounces(address)
            case MailEvent.HARD_BOUNCE:
                _move(delivery, DeliveryStatus.BOUNCED, detail)
                mark_address(address=address, reason="bounced", detail=detail, now=now)
            case MailEvent.COMPLAINT:
                _move(delivery, DeliveryStatus.COMPLAINED, detail)
                mark_address(address=address, reason="complained", detail=detail, now=now)
            case MailEvent.SOFT_BOUNCE:
                count_soft_bounce(address=address, detail=detail, now=now)
                _try_again(delivery, detail, now)
    return True


def _try_again(delivery: Delivery | None, detail: str, now: datetime) -> None:
    """It came back, so nobody has it: it goes out again some hours later, under the same
    Message-ID, until it was tried often enough.
    """
    if delivery is None:
        return
    rows = Delivery.objects.filter(id=delivery.id, status__in=_OPEN, attempts=delivery.attempts)
    if delivery.attempts >= SOFT_TRIES:
        rows.update(status=DeliveryStatus.BOUNCED, error=detail[:500])
        return
    wait = find_wait(delivery.public_id, delivery.attempts + _HOURS)
    rows.update(status=DeliveryStatus.QUEUED, next_at=now + wait, error=detail[:500])


def _is_new(provider: str, event_id: str, event: MailEvent, now: datetime) -> bool:
    """Remember the event by its id; those without one have effects that bear repeating."""
    if not event_id:
        return True
    try:
        with transaction.atomic():
            GatewayEvent.objects.create(
                gateway=f"mail {provider}"[:32],
                event_id=event_id[:200],
                source="mail",
                status=GatewayEventStatus.PROCESSED,
                received_at=now,
                processed_at=now,
                body=event,
            )
    except IntegrityError:
        return False
    return True


def _find(provider_id: str, address: str) -> Delivery | None:
    """The delivery that a provider means; nobody else's, should two share an id."""
    if not provider_id:
        return None
    # Over SMTP a provider gives no id of its own, and tells the Message-ID.
    key = provider_id.strip("<>")
    rows = Delivery.objects.filter(Q(provider_id=provider_id) | Q(message_key=key))
    return (rows.filter(address=address.lower()) if address else rows).first()


def _move(delivery: Delivery | None, status: DeliveryStatus, detail: str) -> None:
    """To what happened last: a complaint comes after the arrival, and that after the sending."""
    if delivery is None:
        return
    before = [*_OPEN, DeliveryStatus.DELIVERED]
    if status == DeliveryStatus.DELIVERED:
        before = [*_OPEN]
    rows = Delivery.objects.filter(id=delivery.id, status__in=before)
    rows.update(status=status, error=detail[:500])
