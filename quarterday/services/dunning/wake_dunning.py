"""Look at invoices again soon, because something about them has changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, DateTimeField, F, Q, Value, When

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Dunning, DunningStatus


def wake_dunning(which: Q, *, now: datetime) -> int:
    """Look anew at what a condition on `Dunning` rows finds, as far as the invoice is open; how
    many there are. What had ended for want of a policy or of further steps begins again; what
    was said before a pause that ends so warns of nothing any more.
    """
    rows = Dunning.objects.filter(which, invoice__status=InvoiceState.OPEN)
    keys = rows.values("id")
    return Dunning.objects.filter(id__in=keys).update(
        status=DunningStatus.RUNNING,
        resumed_at=Case(
            When(status=DunningStatus.PAUSED, then=Value(now, DateTimeField())),
            default=F("resumed_at"),
        ),
        next_at=now,
        ended_at=None,
        reason="",
        version=F("version") + 1,
    )


def wake_account(account_id: int, *, now: datetime) -> int:
    """Look anew at all open invoices of an account."""
    return wake_dunning(Q(account_id=account_id), now=now)
