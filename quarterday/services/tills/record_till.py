"""The events of a till."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.events.record_event import record_event
from quarterday.store.models import Cashier, Till


def record_till(till: Till, cashier: Cashier, kind: str, now: datetime, actor: str) -> None:
    """Who opened or closed it, and with how much cash."""
    record_event(
        kind=kind,
        subject=till.public_id,
        seller_id=cashier.seller_id,
        account_id=None,
        actor=actor,
        now=now,
        data={
            "cashier": cashier.code,
            "number": till.number,
            "currency": till.currency,
            "opening_minor": till.opening_minor,
            "expected_minor": till.expected_minor,
            "counted_minor": till.counted_minor,
        },
    )
