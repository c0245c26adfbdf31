"""Mail reports whose day has come, where their seller is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.reports.mail_report import mail_report
from quarterday.store.models import ReportSchedule


class MailReports:
    """Queues the mails of scheduled reports."""

    name: ClassVar[str] = "mail_reports"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """How many reports were queued."""
        now = read_now()
        # Nowhere is it later than a day after UTC's.
        latest = now.date() + timedelta(days=1)
        rows = ReportSchedule.objects.filter(is_enabled=True, next_on__lte=latest)
        mailed = sum(
            mail_report(one, today=local_date(now, one.seller.time_zone), now=now)
            for one in rows.select_related("seller").order_by("next_on", "id")
        )
        return {"mailed": mailed} if mailed else {}
