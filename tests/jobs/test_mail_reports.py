"""Reports that are mailed by themselves: the right days, with the file, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from quarterday.core.errors import BillingError
from quarterday.jobs.mail_reports import MailReports
from quarterday.services.reports.end_schedule import end_schedule
from quarterday.services.reports.mail_report import mail_report
from quarterday.services.reports.schedule_report import schedule_report
from quarterday.store.models import Event, Message, ReportSchedule
from tests.jobs.conftest import NOW, Move
from tests.mail.sink import Sink
from tests.services.till import Shop

Deliver = Callable[[], dict[str, Any]]
TODAY = NOW.date()


def schedule(shop: Shop, cadence: str = "monthly", **more: Any) -> ReportSchedule:
    given = {
        "report": "revenue",
        "recipients": ["Boss@example.com", "boss@example.com", "tax@example.com"],
        "options": {"by": "day"},
        **more,
    }
    return schedule_report(
        seller=shop.seller, cadence=cadence, today=TODAY, now=NOW, actor="usr_x", **given
    )


def test_a_report_is_mailed_once_with_its_figures_and_its_file(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move
) -> None:
    shop.invoice(10_00)
    made = schedule(shop)
    assert made.next_on == date(2026, 4, 1)
    assert made.recipients == ["boss@example.com", "tax@example.com"]
    assert MailReports().run() == {}
    clock(timedelta(days=31))
    assert MailReports().run() == {"mailed": 1}
    assert MailReports().run() == {}
    deliver()
    assert sorted(sink.recipients) == ["boss@example.com", "tax@example.com"]
    mail = sink.mails[0]
    assert "Revenue, 2026-03-01 – 2026-03-31" in str(mail["subject"])
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Invoiced, net" in text
    assert "10.00" in text
    assert "/console/reports/revenue/?" in text
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "revenue_2026-03-01_2026-03-31.xlsx"
    assert file.get_payload(decode=True)[:2] == b"PK"  # type: ignore[index]
    made.refresh_from_db()
    assert (made.next_on, made.last_on) == (date(2026, 5, 1), date(2026, 4, 2))


def test_days_that_were_missed_are_not_made_up_for(shop: Shop, clock: Move) -> None:
    made = schedule(shop, "weekly", file_type="csv")
    assert made.next_on == date(2026, 3, 9)
    clock(timedelta(days=24))
    assert MailReports().run() == {"mailed": 1}
    queued = Message.objects.filter(kind="report")
    assert {one.data["report"]["days"] for one in queued} == {"2026-03-16 – 2026-03-22"}
    made.refresh_from_db()
    assert made.next_on == date(2026, 3, 30)


def test_one_that_cannot_run_says_why_and_is_tried_again(shop: Shop, clock: Move) -> None:
    made = schedule(shop, "daily")
    ReportSchedule.objects.update(options={"by": "moon"})
    clock(timedelta(days=1))
    assert MailReports().run() == {}
    made.refresh_from_db()
    assert "choose from day" in made.error
    assert not Message.objects.filter(kind="report").exists()
    ReportSchedule.objects.update(options={})
    clock(timedelta(days=2))
    assert MailReports().run() == {"mailed": 1}
    made.refresh_from_db()
    assert made.error == ""
    end_schedule(schedule=made, now=NOW)
    end_schedule(schedule=made, now=NOW)
    clock(timedelta(days=9))
    assert MailReports().run() == {}
    kinds = list(Event.objects.filter(subject=made.public_id).values_list("kind", flat=True))
    assert kinds == ["report.scheduled", "report.unscheduled"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_mail_it_once(open_shop: Shop, clock: Move) -> None:
    made = schedule(open_shop, "daily", recipients=["a@example.com"])
    clock(timedelta(days=1))

    def work(_: int) -> bool:
        try:
            row = ReportSchedule.objects.get(id=made.id)
            row.next_on = made.next_on
            return mail_report(row, today=TODAY + timedelta(days=1), now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert Message.objects.filter(kind="report").count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"recipients": []}, "1 to 20 addresses"),
        ({"recipients": ["a@b"]}, "no mail address"),
        ({"cadence": "hourly"}, "choose from daily"),
        ({"file_type": "pdf"}, "choose from csv"),
        ({"options": {"from": "2026-01-01"}}, "follows from the day"),
        ({"options": {"colour": "red"}}, "no parameter 'colour'"),
        ({"report": "wishes"}, "there is no report 'wishes'"),
    ],
)
def test_what_cannot_be_mailed_is_refused(shop: Shop, given: dict[str, Any], said: str) -> None:
    with pytest.raises(BillingError, match=said):
        schedule(shop, **given)
