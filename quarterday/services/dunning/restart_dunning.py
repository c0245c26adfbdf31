"""Begin again to remind of an invoice whose money went back."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from quarterday.store.models import Dunning, DunningStatus, Invoice


def restart_dunning(invoice: Invoice, *, now: datetime) -> bool:
    """Whether it had ended; for services that hold the transaction and the account.

    It goes on where it stood: steps that were taken are not taken again, and nothing is suspended
    without a new warning.
    """
    rows = Dunning.objects.filter(invoice_id=invoice.id, status=DunningStatus.ENDED)
    return bool(
        rows.update(
            status=DunningStatus.RUNNING,
            next_at=now,
            resumed_at=now,
            ended_at=None,
            reason="",
            version=F("version") + 1,
        )
    )
