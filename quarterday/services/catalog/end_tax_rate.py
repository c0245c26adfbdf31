"""End a tax rate on a day, so that the next one can follow."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import TaxRate


def end_tax_rate(*, rate: TaxRate, on: date, now: datetime, actor: str = "system") -> TaxRate:
    """Let a rate hold until a day (exclusive); ending it again on that day changes nothing.

    Raises `Conflict` when it ends on another day, and `BillingError` for a day before its first.
    """
    if on <= rate.valid_from:
        raise BillingError(
            f"tax rate {rate.code} holds from {rate.valid_from}; it can end after that, not on {on}"
        )
    with transaction.atomic():
        rows = TaxRate.objects.filter(id=rate.id)
        if rows.filter(valid_end=None).update(valid_end=on) != 1:
            valid_end = rows.values_list("valid_end", flat=True).get()
            if valid_end != on:
                raise Conflict(f"tax rate {rate.code} ends on {valid_end} already")
        else:
            record_event(
                kind="tax_rate.ended",
                subject=rate.code,
                seller_id=rate.seller_id,
                actor=actor,
                now=now,
                data={"on": on.isoformat()},
            )
    rate.valid_end = on
    return rate
