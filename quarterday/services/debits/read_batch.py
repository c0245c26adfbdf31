"""Open a file for the bank, to hand it to whoever gives it to the bank."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.debits.vault import unseal
from quarterday.services.events.record_event import record_event
from quarterday.store.models import DebitBatch


def read_batch(*, batch: DebitBatch, now: datetime, actor: str = "system") -> str:
    """The file as it was made; who had it is in the log, since it names accounts."""
    content = unseal(batch.content, owner=batch.public_id)
    record_batch(batch, "debit_batch.read", now, actor)
    return content


def record_batch(batch: DebitBatch, kind: str, now: datetime, actor: str) -> None:
    """The event of a file."""
    record_event(
        kind=kind,
        subject=batch.public_id,
        seller_id=batch.seller_id,
        account_id=None,
        actor=actor,
        now=now,
        data={
            "message_id": batch.message_id,
            "count": batch.count,
            "total_minor": batch.total_minor,
            "currency": batch.currency,
        },
    )
