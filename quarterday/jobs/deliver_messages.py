"""Deliver what is to be told: address it, compose it, hand it over, write the answer down."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.ports.clock import read_now
from quarterday.ports.mailer import Answer, Outcome, Session, Unreachable, find_transport
from quarterday.services.messages.address_messages import BATCH, address_messages
from quarterday.services.messages.claim_deliveries import (
    begin_sending,
    claim_deliveries,
    end_delivery,
    note_lost,
    release_delivery,
)
from quarterday.services.messages.list_ways import list_ways
from quarterday.services.messages.prepare_parcel import Stopped, prepare_parcel
from quarterday.services.messages.record_outcome import record_outcome
from quarterday.services.messages.take_rate import take_rate
from quarterday.store.models import Delivery, DeliveryStatus

_log = logging.getLogger(__name__)
_TOGETHER = 50
_PAUSE, _SLOT, _LATER = timedelta(minutes=2), timedelta(seconds=20), timedelta(hours=1)


class DeliverMessages:
    """Sends what waits, over every channel that has a transport."""

    name: ClassVar[str] = "deliver_messages"
    every: ClassVar[timedelta] = timedelta(seconds=5)
    is_recorded: ClassVar[bool] = False
    is_spread: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Send until nothing waits that may go now."""
        found = {"lost": note_lost(now=read_now()), "sent": 0, "other": 0}
        while address_messages(now=read_now()) == BATCH:
            pass
        for channel, options in list_ways().items():
            for answer, count in deliver_channel(channel, options).items():
                found["sent" if answer == Answer.SENT else "other"] += count
        return {name: count for name, count in found.items() if count}


def deliver_channel(channel: str, options: Mapping[str, Any]) -> dict[str, int]:
    """Send what waits for a channel; how many had which answer."""
    counts: dict[str, int] = {}
    while batch := claim_deliveries(channel=channel, now=read_now(), limit=_TOGETHER):
        allowed = take_rate(
            key=f"send:{channel}",
            limit=int(options.get("rate", 0)),
            want=len(batch),
            now=read_now(),
        )
        _put_off(batch[allowed:], _SLOT)
        try:
            _send_batch(batch[:allowed], options, counts)
        except Unreachable as error:
            _log.warning("%s", error)
            _put_off(batch, _PAUSE)
            break
        if allowed < len(batch):
            break
    return counts


def _put_off(batch: Iterable[Delivery], wait: timedelta) -> None:
    for delivery in batch:
        release_delivery(delivery, next_at=read_now() + wait)


def _send_batch(batch: list[Delivery], options: Mapping[str, Any], counts: dict[str, int]) -> None:
    """Hand a batch over, on one connection."""
    if not batch:
        return
    transport = find_transport(str(options["transport"]))
    with transport.open_session(options) as session:
        for delivery in batch:
            answer = _send_one(delivery, session, transport.name)
            counts[answer] = counts.get(answer, 0) + 1


def _send_one(delivery: Delivery, session: Session, provider: str) -> str:
    """One delivery: composed, noted as begun, handed over, noted as answered."""
    try:
        prepared = prepare_parcel(delivery, now=read_now())
    except Stopped as stop:
        end_delivery(delivery, status=DeliveryStatus.SUPPRESSED, reason=str(stop))
        return "stopped"
    except BillingError as error:
        end_delivery(delivery, status=DeliveryStatus.FAILED, reason=str(error))
        return "failed"
    except Exception:
        # Nothing that a seller did: one message must not keep all others, nor be lost.
        _log.exception("delivery %s cannot be composed at present", delivery.public_id)
        release_delivery(delivery, next_at=read_now() + _LATER)
        return "later"
    parcel = prepared.parcel
    begun = begin_sending(
        delivery, provider=provider, title=parcel.title, content=prepared.kept, now=read_now()
    )
    if not begun:
        return "taken"
    try:
        outcome = session.send(parcel)
    except Exception as error:
        _log.exception("delivery %s failed while it was sent", delivery.public_id)
        outcome = Outcome(Answer.UNKNOWN, reason=_reason(error))
    record_outcome(delivery, outcome, now=read_now())
    return str(outcome.answer)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"
