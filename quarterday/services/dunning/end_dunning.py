"""End the reminding of an invoice that is settled, and let run again what it held back."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from quarterday.services.dunning.end_holds import end_promises
from quarterday.services.provisioning.release_service import release_service
from quarterday.services.tasks.close_task import close_task
from quarterday.store.models import (
    Dunning,
    DunningStatus,
    Invoice,
    ServiceHoldCause,
    Task,
    TaskStatus,
)

_TASKS = ("dunning", "collections")


def end_dunning(invoice: Invoice, *, now: datetime, actor: str = "system") -> bool:
    """Whether there was anything to end; for services that hold the transaction and the account,
    at the moment at which an invoice is paid, void, credited in full or written off.

    Services that only this invoice held back run again; those that another unpaid one holds, or
    anything else, stay as they are. Promises were kept, and tasks about it need not be done.
    """
    rows = Dunning.objects.filter(invoice_id=invoice.id)
    known = rows.update(
        status=DunningStatus.ENDED,
        next_at=None,
        ended_at=now,
        reason=f"the invoice is {invoice.status.replace('_', ' ')}",
        version=F("version") + 1,
    )
    if not known:
        return False
    release_service(
        account=invoice.account,
        cause=ServiceHoldCause.UNPAID,
        subject=invoice.public_id,
        now=now,
        actor=actor,
    )
    end_promises(invoice, now=now, actor=actor)
    tasks = Task.objects.filter(
        account=invoice.account_id, subject=invoice.public_id, kind__in=_TASKS
    )
    for task in tasks.filter(status=TaskStatus.OPEN).order_by("id"):
        close_task(
            task=task,
            status=TaskStatus.DISMISSED,
            note=f"the invoice is {invoice.status.replace('_', ' ')}",
            now=now,
            actor=actor,
        )
    return True
