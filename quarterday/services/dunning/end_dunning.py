"""End the reminding of an invoice that is settled, and let run again what it held back."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from quarterday.store.models import Dunning, DunningStatus, Invoice


def end_dunning(invoice: Invoice, *, now: datetime, actor: str = "system") -> bool:
    """Whether there was anything to end; for services that hold the transaction and the account,
    at the moment at which an invoice is paid, void, credited in full or written off.
    """
    rows = Dunning.objects.filter(invoice_id=invoice.id).exclude(status=DunningStatus.ENDED)
    return bool(
        rows.update(
            status=DunningStatus.ENDED,
            next_at=None,
            ended_at=now,
            reason=f"the invoice is {invoice.status}",
            version=F("version") + 1,
        )
    )
