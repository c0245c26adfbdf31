"""Drop a file that the bank did not get, or refused as a whole."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.debits.read_batch import record_batch
from quarterday.services.errors import Conflict
from quarterday.store.models import AttemptStatus, Debit, DebitBatch, DebitBatchStatus


def drop_batch(
    *, batch: DebitBatch, now: datetime, is_refused: bool = False, actor: str = "system"
) -> DebitBatch:
    """The file, dropped: its debits go into another one. Again, it changes nothing.

    One that was sent is only dropped when the bank refused all of it, which ``is_refused`` says.
    Raises `Conflict` when the bank has collected any of its debits.
    """
    with transaction.atomic():
        batch = DebitBatch.objects.select_for_update(no_key=True).get(id=batch.id)
        if batch.status == DebitBatchStatus.DROPPED:
            return batch
        if batch.status == DebitBatchStatus.SENT and not is_refused:
            raise BillingError(
                f"file {batch.message_id} was given to the bank; only say that it is dropped if "
                "the bank refused all of it"
            )
        debits = Debit.objects.select_for_update(of=("self",)).filter(batch=batch)
        locked = list(debits.select_related("attempt").order_by("id"))
        if any(one.attempt.status == AttemptStatus.SUCCEEDED for one in locked):
            raise Conflict(f"the bank has collected debits of file {batch.message_id} already")
        DebitBatch.objects.filter(id=batch.id).update(status=DebitBatchStatus.DROPPED)
        batch.status = DebitBatchStatus.DROPPED
        debits.update(batch=None, payment_group="", sequence="")
        record_batch(batch, "debit_batch.dropped", now, actor)
    return batch
