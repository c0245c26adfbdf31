"""Send something again because somebody decided so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.message import find_kind
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import Delivery, DeliveryStatus, Message

_GOING = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


def resend_message(*, delivery: Delivery, now: datetime, actor: str = "system") -> Message:
    """Queue what a delivery told anew, to the same address, with fresh links and a Message-ID of
    its own. The first delivery stays as it was. Raises `Conflict` while it is still on its way,
    and for a link to sign in, which only its owner may ask for.
    """
    message = delivery.message
    if delivery.status in _GOING:
        raise Conflict(
            f"delivery {delivery.public_id} is {delivery.status}; wait until it is through"
        )
    if find_kind(message.kind).link in ("sign_in", "address") or message.account is None:
        raise Conflict(f"a message of the kind {message.kind} is sent to who asks for it only")
    occasion = f"again {now:%Y%m%dT%H%M%S%f}"
    with transaction.atomic():
        queue_message(
            kind=message.kind,
            account=message.account,
            subject=message.subject,
            now=now,
            occasion=occasion,
            recipient=delivery.address,
            language=message.language,
            data=message.data,
        )
        record_event(
            kind="message.resent",
            subject=message.public_id,
            seller_id=message.seller_id,
            account_id=message.account_id,
            actor=actor,
            now=now,
            data={"address": delivery.address, "kind": message.kind},
        )
        return Message.objects.get(
            kind=message.kind,
            subject=message.subject,
            occasion=occasion,
            recipient=delivery.address.lower(),
        )
