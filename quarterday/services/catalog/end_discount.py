"""End a discount on a day: nobody gets it from then on, and those who have it keep it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Discount


def end_discount(*, discount: Discount, on: date, now: datetime, actor: str = "system") -> Discount:
    """Let a discount be granted until a day (exclusive); the same again changes nothing.

    A day that was planned before may be moved while it is to come. Raises `BillingError` for a
    day before its first, and `Conflict` when it has ended already.
    """
    if discount.valid_from is not None and on <= discount.valid_from:
        raise BillingError(
            f"discount {discount.code} begins on {discount.valid_from}; end it after that"
        )
    with transaction.atomic():
        rows = Discount.objects.select_for_update().filter(id=discount.id)
        found = rows.get()
        if found.valid_end == on:
            return found
        if found.valid_end is not None and found.valid_end <= now.date():
            raise Conflict(f"discount {found.code} ended on {found.valid_end} already")
        rows.update(valid_end=on)
        record_event(
            kind="discount.ended",
            subject=found.public_id,
            seller_id=found.seller_id,
            actor=actor,
            now=now,
            data={"on": on.isoformat(), "before": found.valid_end and str(found.valid_end)},
        )
    found.valid_end = on
    return found
