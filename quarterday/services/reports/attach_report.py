"""The file that comes with the mail of a report."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.period import local_date
from quarterday.ports.mailer import Attachment
from quarterday.ports.report import find_report
from quarterday.services.reports.run_report import run_report
from quarterday.services.reports.to_file import FILE_TYPES, file_name, to_file
from quarterday.store.models import Message


def attach_report(message: Message, now: datetime) -> tuple[Attachment, ...]:
    """The report that a message names, run with the parameters that it was queued with."""
    asked = message.data["run"]
    report = find_report(asked["report"])
    today = local_date(now, message.seller.time_zone)
    result = run_report(report.name, asked["values"], today=today, sellers=[message.seller_id])
    name = file_name(report, result, asked["type"])
    media_type = FILE_TYPES[asked["type"]].partition(";")[0]
    return (Attachment(name, media_type, to_file(report, result, asked["type"])),)
