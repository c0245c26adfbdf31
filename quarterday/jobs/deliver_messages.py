"""Deliver what is to be told: address it, compose it, hand it over, write the answer down."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings

from quarterday.core.errors import BillingError
from quarterday.ports.mailer import Answer, Outcome, Session, Unreachable, find_transport
from quarterday.services.messages.address_messages import BATCH, address_messages
from quarterday.services.messages.claim_deliveries import (
    begin_sending,
    claim_deliveries,
    end_delivery,
    note_lost,
    release_delivery,
)
from quarterday.services.messages.prepare_parcel import Stopped, prepare_parcel
from quarterday.services.messages.record_outcome import record_outcome
from quarterday.services.messages.take_rate import take_rate
from quarterday.store.models import Delivery, DeliveryStatus

_log = logging.getLogger(__name__)
_TOGETHER = 50
_PAUSE = timedelta(minutes=2)


class DeliverMessages:
    """Sends what waits, over every channel that has a transport."""

    name: ClassVar[str] = "deliver_messages"
    every: ClassVar[timedelta] = timedelta(seconds=5)

    def run(self, slot: str) -> dict[str, Any]:
        """Send until nothing waits that may go now."""
        found = {"lost": note_lost(now=_now()), "sent": 0, "other": 0}
        while address_messages(now=_now()) == BATCH:
            pass
        for channel, options in settings.MESSAGE_TRANSPORTS.items():
            for answer, count in deliver_channel(channel, options).items():
                found["sent" if answer == Answer.SENT else "other"] += count
        return {name: count for name, count in found.items() if count}


def deliver_channel(channel: str, options: Mapping[str, Any]) -> dict[str, int]:
    """Send what waits for a channel; how many had which answer."""
    counts: dict[str, int] = {}
    while True:
        want = take_rate(
            key=f"send:{channel}", limit=int(options.get("rate", 0)), want=_TOGETHER, now=_now()
        )
        batch = claim_deliveries(channel=channel, now=_now(), limit=want) if want else []
        if not batch:
            return counts
        try:
            _send_batch(batch, options, counts)
        except Unreachable as error:
            _log.warning("%s", error)
            for delivery in batch:
                release_delivery(delivery, next_at=_now() + _PAUSE)
            return counts


def _send_batch(batch: list[Delivery], options: Mapping[str, Any], counts: dict[str, int]) -> None:
    """Hand a batch over, on one connection."""
    transport = find_transport(str(options["transport"]))
    given = {"dkim": getattr(settings, "DKIM_KEYS", {}), **options}
    with transport.open_session(given) as session:
        for delivery in batch:
            answer = _send_one(delivery, session, transport.name)
            counts[answer] = counts.get(answer, 0) + 1


def _send_one(delivery: Delivery, session: Session, provider: str) -> str:
    """One delivery: composed, noted as begun, handed over, noted as answered."""
    try:
        prepared = prepare_parcel(delivery, now=_now())
    except Stopped as stop:
        end_delivery(delivery, status=DeliveryStatus.SUPPRESSED, reason=str(stop))
        return "stopped"
    except Exception as error:
        # One message that cannot be composed must not keep all others.
        _log.exception("delivery %s cannot be composed", delivery.public_id)
        end_delivery(delivery, status=DeliveryStatus.FAILED, reason=_reason(error))
        return "failed"
    parcel = prepared.parcel
    begun = begin_sending(
        delivery, provider=provider, title=parcel.title, content=prepared.kept, now=_now()
    )
    if not begun:
        return "taken"
    try:
        outcome = session.send(parcel)
    except Exception as error:
        _log.exception("delivery %s failed while it was sent", delivery.public_id)
        outcome = Outcome(Answer.UNKNOWN, reason=_reason(error))
    record_outcome(delivery, outcome, now=_now())
    return str(outcome.answer)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"


def _now() -> datetime:
    return datetime.now(UTC)
