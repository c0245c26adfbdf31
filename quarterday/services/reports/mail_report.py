"""Queue the mails of a report whose day has come, once for each such day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction

from quarterday.core.errors import BillingError
from quarterday.core.report_days import ReportEvery, next_report_day, reported_period
from quarterday.ports.report import Report, ReportResult, find_report
from quarterday.services.messages.queue_message import INSERT, make_row
from quarterday.services.reports.run_report import run_report
from quarterday.services.reports.show_cells import list_money
from quarterday.services.reports.to_file import file_name
from quarterday.store.models import ReportSchedule

KIND = "report"
_MOST_FIGURES = 30


def mail_report(schedule: ReportSchedule, *, today: date, now: datetime) -> bool:
    """Run a due report and queue its mails; whether this call did so.

    The report runs outside the transaction. Its day moves by compare-and-set together with the
    mails, so that two workers never mail one twice, and days that were missed are not made up
    for: the mail is of the last whole period. A report that cannot run is tried again tomorrow,
    and the schedule says why.
    """
    if not schedule.is_enabled or schedule.next_on > today:
        return False
    every = ReportEvery(schedule.cadence)
    given = read_options(schedule, every, today)
    try:
        report = find_report(schedule.report)
        result = run_report(report.name, given, today=today, sellers=[schedule.seller_id])
    except BillingError as error:
        _move(schedule, today + timedelta(days=1), error=str(error)[:500])
        return False
    data = _tell(schedule, report, result)
    with transaction.atomic():
        due = schedule.next_on
        if not _move(schedule, next_report_day(every, today), error="", last_on=today):
            return False
        for address in schedule.recipients:
            row = make_row(
                kind=KIND,
                seller_id=schedule.seller_id,
                account_id=None,
                subject=schedule.public_id,
                occasion=due.isoformat(),
                recipient=address,
                data=data,
                now=now,
            )
            with connection.cursor() as cursor:
                cursor.execute(INSERT, row)
    return True


def read_options(schedule: ReportSchedule, every: ReportEvery, today: date) -> dict[str, str]:
    """The parameters of a schedule, with the days that it tells of today."""
    known = {one.name for one in find_report(schedule.report).parameters}
    period = reported_period(every, today)
    last = (period.end - timedelta(days=1)).isoformat()
    days = {"from": period.start.isoformat(), "until": last, "as_of": last}
    return {**schedule.options, **{name: day for name, day in days.items() if name in known}}


def _move(schedule: ReportSchedule, next_on: date, **changes: Any) -> bool:
    rows = ReportSchedule.objects.filter(id=schedule.id, next_on=schedule.next_on, is_enabled=True)
    if not rows.update(next_on=next_on, **changes):
        return False
    schedule.next_on = next_on
    return True


def _tell(schedule: ReportSchedule, report: Report, result: ReportResult) -> Mapping[str, Any]:
    """What the mail says; its file is made from the same parameters when it is sent."""
    values = result.values
    days = [values[name] for name in ("from", "until", "as_of") if name in values]
    figures = [
        {"text": text, "note": note, "amount": {"minor": minor, "currency": code}}
        for text, note, minor, code in list_money(result)
    ]
    return {
        "report": {
            "title": report.title,
            "question": report.question,
            "days": " – ".join(days),
            "file": file_name(report, result, schedule.file_type),
            "figures": figures[:_MOST_FIGURES],
        },
        "run": {"report": report.name, "values": dict(values), "type": schedule.file_type},
        "destination": f"/console/reports/{report.name}/?{urlencode(values)}",
    }
