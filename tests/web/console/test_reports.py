"""The room of reports: every report opens, what it says leads on, and files are what is shown."""

from __future__ import annotations

import csv
import re
from io import StringIO
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quarterday.ports.report import Asked, ReportResult, list_reports
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import ReportSchedule
from quarterday.store.queries.raw import fetch
from quarterday.web.console.reports import views
from tests.reports.test_limits import ENDLESS
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db
MARCH = "from=2026-03-01&until=2026-03-31"


def test_every_report_is_found_by_its_question_and_opens(shop: Shop) -> None:
    shop.invoice(10_00)
    staffer = Staffer(hire(shop.seller, "auditor"))
    index = staffer.see("/console/reports/")
    for name, report in list_reports().items():
        assert f'<a href="/console/reports/{name}/">{report.question}</a>' in index
        page = staffer.see(f"/console/reports/{name}/")
        assert report.title in page and report.question in page
    assert "Mail it by itself" not in staffer.see("/console/reports/revenue/")
    staffer.see("/console/reports/revenue/mail/", 403)
    staffer.see("/console/reports/wishes/", 404)
    staffer.see("/console/reports/revenue.exe", 404)


def test_figures_lead_to_what_they_sum_and_to_files(shop: Shop) -> None:
    shop.invoice(10_00)
    shop.invoice(32_50)
    staffer = Staffer(hire(shop.seller))
    page = staffer.see(f"/console/reports/revenue/?{MARCH}")
    assert ">42.50</a>" in page
    assert 'class="chart"' not in page, "one month is no picture"
    ledger = f"/console/reports/general_ledger/?ledger_account={quote('income:', safe='')}&{MARCH}"
    assert f"{ledger}&currency=EUR" in page
    opened = staffer.see(f"{ledger}&currency=EUR")
    assert "−42.50" in opened and "Closing balance" in opened
    rows = list(csv.DictReader(StringIO(staffer.see(f"/console/reports/revenue.csv?{MARCH}"))))
    assert [row["invoiced"] for row in rows] == ["42.50"]
    file = staffer.client.get(f"/console/reports/revenue.xlsx?{MARCH}")
    assert file.content[:2] == b"PK"
    assert "revenue_2026-03-01_2026-03-31.xlsx" in file["Content-Disposition"]
    assert "chart" in staffer.see("/console/reports/revenue/?from=2026-01-01&until=2026-03-31")
    listed = staffer.see("/console/reports/open_invoices/?as_of=2026-03-02&band=not_due")
    for kind in ("accounts", "lists/invoices"):
        (row, *_) = re.findall(f'href="(/console/{kind}/[^"/]+_[^"/]+/)"', listed)
        staffer.see(row)
    wrong = staffer.see("/console/reports/revenue/?from=soon", 422)
    assert "no date such as" in wrong
    staffer.see("/console/reports/revenue.csv?until=never", 422)


def test_a_seller_sees_its_own_figures_alone(shop: Shop) -> None:
    shop.invoice(10_00)
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    staffer = Staffer(hire(other))
    assert "Nothing is there" in staffer.see(f"/console/reports/revenue/?{MARCH}")
    assert ">10.00<" not in staffer.see(f"/console/reports/general_ledger/?{MARCH}")


def test_a_report_is_mailed_by_itself_until_that_is_ended(shop: Shop) -> None:
    finn = Staffer(hire(shop.seller, "finance"))
    url = "/console/reports/churn/mail/?of=mrr&from=2026-01-01"
    assert "of mrr" in finn.see(url)
    given = {"recipients": "a@example.com\nb@example.com", "file_type": "csv"}
    assert "This field is required" in finn.refuse(url, 422, **given)
    wrong = {**given, "recipients": "nobody", "cadence": "weekly"}
    assert "no mail address" in finn.refuse(url, 422, **wrong)
    assert "is mailed from Monday" in finn.send(url, cadence="weekly", **given)
    row = ReportSchedule.objects.get()
    assert (row.options, row.actor) == ({"of": "mrr"}, finn.user.public_id)
    assert "b@example.com" in finn.see("/console/reports/")
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    end = f"/console/reports/mailed/{row.public_id}/end/"
    Staffer(hire(other)).refuse(end, 404)
    assert "not mailed any more" in finn.send(end)
    assert "b@example.com" not in finn.see("/console/reports/")


def test_pages_cost_the_same_however_much_there_is(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))

    def count(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            staffer.see(path)
        return len(seen)

    paths = [f"/console/reports/{name}/" for name in list_reports()]
    shop.invoice(10_00)
    for path in paths:
        staffer.see(path)
    before = [count(path) for path in paths]
    for minor in (1_00, 2_00, 3_00):
        shop.invoice(minor)
    assert [count(path) for path in paths] == before
    assert max(before) < 30


def count_for_ever(report: object, asked: Asked) -> ReportResult:
    # The transaction of the test has to outlive what is ended.
    with transaction.atomic():
        fetch(ENDLESS)
    raise AssertionError("it came to an end")


def test_a_page_says_what_to_do_instead(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(type(list_reports()["revenue"]), "run", count_for_ever)
    finn = Staffer(hire(shop.seller, "finance"))
    page = finn.see("/console/reports/revenue/?from=2020-01-01", 503)
    assert "ask for fewer days" in page and 'value="2020-01-01"' in page
    assert "/console/reports/revenue/mail/?from=2020-01-01" in page
    assert "ask for fewer days" in finn.see("/console/reports/revenue.csv", 503)
    assert "Mail it" not in Staffer(hire(shop.seller, "auditor")).see(
        "/console/reports/revenue/", 503
    )
