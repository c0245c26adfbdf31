"""Publish a meter: what is measured, and how measurements become a quantity."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.metering import Aggregation
from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text, check_word
from quarterday.store.models import Meter, Seller


def publish_meter(
    *,
    seller: Seller,
    code: str,
    name: str,
    now: datetime,
    aggregation: Aggregation | str = Aggregation.SUM,
    actor: str = "system",
) -> Meter:
    """Publish a meter; publishing it again may change its name, but not how it counts.

    Raises `Conflict` for another aggregation under the same code.
    """
    with transaction.atomic():
        meter, done = publish_row(
            Meter,
            label=f"meter {code}",
            key={"seller": seller, "code": check_text(code, "code", 64)},
            content={
                "aggregation": check_word(Aggregation, aggregation, "aggregation"),
                "name": check_text(name, "name"),
            },
            editable=("name",),
        )
        if done.is_new or done.changed:
            record_event(
                kind="meter.published" if done.is_new else "meter.changed",
                subject=meter.public_id,
                seller_id=seller.id,
                actor=actor,
                now=now,
                data={"code": code, "changed": done.changed},
            )
    return meter
