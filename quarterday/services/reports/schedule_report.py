"""Have a report mailed by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.report_days import ReportEvery, next_report_day
from quarterday.ports.report import check_values, find_report
from quarterday.services.events.record_event import record_event
from quarterday.services.reports.to_file import FILE_TYPES
from quarterday.store.models import ReportSchedule, Seller

_MOST = 20
# These follow from the day on which it is mailed.
DAYS = ("from", "until", "as_of")


def schedule_report(
    *,
    seller: Seller,
    report: str,
    cadence: str,
    recipients: Sequence[str],
    today: date,
    now: datetime,
    file_type: str = "xlsx",
    options: Mapping[str, str] | None = None,
    actor: str = "system",
) -> ReportSchedule:
    """Mail a report of the day, week or month before, from the next such day on.

    ``options`` are its parameters other than days. The same once more is another mail. Raises
    `BillingError` for what the report does not take, and for what is no address.
    """
    found, given = find_report(report), dict(options or {})
    for name in DAYS:
        if name in given:
            raise BillingError(f"{name} follows from the day on which it is mailed; leave it out")
    check_values(found, given, today)
    if cadence not in set(ReportEvery):
        raise BillingError(f"{cadence!r} is no cadence; choose from {', '.join(ReportEvery)}")
    if file_type not in FILE_TYPES:
        raise BillingError(f"{file_type!r} is no type of file; choose from {', '.join(FILE_TYPES)}")
    addresses = _check_recipients(recipients)
    with transaction.atomic():
        made = ReportSchedule.objects.create(
            seller=seller,
            report=found.name,
            options=given,
            cadence=cadence,
            file_type=file_type,
            recipients=addresses,
            next_on=next_report_day(ReportEvery(cadence), today),
            created_at=now,
            actor=actor,
        )
        record_event(
            kind="report.scheduled",
            subject=made.public_id,
            seller_id=seller.id,
            account_id=None,
            actor=actor,
            now=now,
            data={"report": found.name, "every": cadence, "recipients": addresses},
        )
    return made


def _check_recipients(recipients: Sequence[str]) -> list[str]:
    """The addresses, each once. Raises `BillingError` for none, too many or a wrong one."""
    found = list(dict.fromkeys(one.strip().lower() for one in recipients if one.strip()))
    if not 0 < len(found) <= _MOST:
        raise BillingError(f"name 1 to {_MOST} addresses to mail it to, not {len(found)}")
    for one in found:
        try:
            validate_email(one)
        except ValidationError:
            raise BillingError(f"{one!r} is no mail address; write it like a@example.com") from None
    return found
