"""Stop mailing a report."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.store.models import ReportSchedule


def end_schedule(
    *, schedule: ReportSchedule, now: datetime, actor: str = "system"
) -> ReportSchedule:
    """End a schedule; ending it again changes nothing."""
    with transaction.atomic():
        rows = ReportSchedule.objects.filter(id=schedule.id, is_enabled=True)
        if rows.update(is_enabled=False):
            record_event(
                kind="report.unscheduled",
                subject=schedule.public_id,
                seller_id=schedule.seller_id,
                account_id=None,
                actor=actor,
                now=now,
                data={"report": schedule.report},
            )
        schedule.is_enabled = False
    return schedule
