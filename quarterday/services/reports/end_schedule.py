"""Stop mailing a report, to everybody or to one address."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.store.models import ReportSchedule, Seller


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


def leave_schedules(*, seller: Seller, address: str, now: datetime, actor: str = "system") -> None:
    """Mail an address no report of a seller any more; what was mailed to nobody else is ended."""
    with transaction.atomic():
        for row in ReportSchedule.objects.filter(seller=seller, is_enabled=True).order_by("id"):
            left = [one for one in row.recipients if one != address.lower()]
            if not left:
                end_schedule(schedule=row, now=now, actor=actor)
            elif left != row.recipients:
                ReportSchedule.objects.filter(id=row.id).update(recipients=left)
