"""Retire a price: nobody gets it from a day on, and those who have it keep it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Price


def retire_price(*, price: Price, on: date, now: datetime, actor: str = "system") -> Price:
    """Take a price out of the catalogue on a day; retiring it again on that day changes nothing.

    Raises `Conflict` when it is retired on another day.
    """
    with transaction.atomic():
        rows = Price.objects.filter(id=price.id)
        if rows.filter(retired_on=None).update(retired_on=on) != 1:
            retired_on = rows.values_list("retired_on", flat=True).get()
            if retired_on != on:
                raise Conflict(f"price {price.code} is retired on {retired_on} already")
        else:
            record_event(
                kind="price.retired",
                subject=price.public_id,
                seller_id=price.plan.product.seller_id,
                actor=actor,
                now=now,
                data={"on": on.isoformat()},
            )
    price.retired_on = on
    return price
