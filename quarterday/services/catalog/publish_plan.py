"""Publish a plan: a product at a cadence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.period import Anchoring, Cadence, Schedule
from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.catalog.refresh_due import refresh_due
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_settings, check_text, check_word
from quarterday.store.models import Plan, Product


def publish_plan(
    *,
    product: Product,
    code: str,
    name: str,
    now: datetime,
    cadence: Cadence | str = "1 month",
    anchoring: Anchoring | str = Anchoring.START,
    anchor_day: int | None = None,
    trial_days: int = 0,
    settings: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Plan:
    """Publish a plan, or change what holds for those who begin it from now on.

    Cadence, anchor and trial are copied into each contract, so a change leaves running ones
    alone; new settings reach them all. Publishing the same again changes nothing.
    """
    every = Cadence.parse(cadence) if isinstance(cadence, str) else cadence
    anchoring = check_word(Anchoring, anchoring, "anchoring")
    # Any day shows whether the anchor can be used.
    Schedule.anchored(date(2000, 1, 1), every, anchoring, anchor_day)
    if anchor_day is not None and not 1 <= anchor_day <= 31:
        raise BillingError(f"anchor_day must be from 1 to 31, not {anchor_day}")
    if trial_days < 0:
        raise BillingError(f"trial_days must be 0 or more, not {trial_days}")
    content = {
        "name": check_text(name, "name"),
        "cadence_count": every.count,
        "cadence_unit": every.unit,
        "anchoring": anchoring,
        "anchor_day": anchor_day,
        "trial_days": trial_days,
        "settings": check_settings(settings),
    }
    with transaction.atomic():
        plan, done = publish_row(
            Plan,
            label=f"plan {product.code}/{code}",
            key={"product": product, "code": check_text(code, "code", 64)},
            content=content,
            editable=content,
        )
        if done.is_new or done.changed:
            record_event(
                kind="plan.published" if done.is_new else "plan.changed",
                subject=plan.public_id,
                seller_id=product.seller_id,
                actor=actor,
                now=now,
                data={"code": f"{product.code}/{code}", "changed": done.changed},
            )
        if "settings" in done.changed:
            refresh_due(price__plan=plan)
    return plan
