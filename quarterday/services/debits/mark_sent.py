"""Say that a file was given to the bank."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from quarterday.services.debits.read_batch import record_batch
from quarterday.services.errors import Conflict
from quarterday.store.models import Debit, DebitBatch, DebitBatchStatus, Mandate


def mark_sent(*, batch: DebitBatch, now: datetime, actor: str = "system") -> DebitBatch:
    """The file, sent; its mandates count as used. Again, it changes nothing.

    Raises `Conflict` for one that was dropped: its debits may be in another file.
    """
    with transaction.atomic():
        rows = DebitBatch.objects.filter(id=batch.id, status=DebitBatchStatus.MADE)
        if not rows.update(status=DebitBatchStatus.SENT, sent_at=now):
            batch.refresh_from_db()
            if batch.status == DebitBatchStatus.SENT:
                return batch
            raise Conflict(f"file {batch.message_id} was dropped; send another one to the bank")
        batch.status, batch.sent_at = DebitBatchStatus.SENT, now
        used = Debit.objects.filter(batch=batch).values_list("mandate_id", "collect_on")
        for mandate_id, day in used.order_by("mandate_id", "collect_on"):
            Mandate.objects.filter(id=mandate_id).update(
                first_used_on=Coalesce(F("first_used_on"), day),
                last_used_on=Greatest(Coalesce(F("last_used_on"), day), day),
            )
        record_batch(batch, "debit_batch.sent", now, actor)
    return batch
