"""Lists that are narrowed to days and a currency, and taken out as files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.accounts.open_account import open_account
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Account, Event, Invoice, Message, Seller
from quarterday.web.console.lists import sheet
from quarterday.web.console.lists.money import InvoiceList
from quarterday.web.console.lists.site import site
from tests.services.till import DAY, NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db
LISTS = site._registry.values()


def take(staffer: Staffer, url: str) -> list[dict[str, str]]:
    """The rows of the file of a list; what the address asks is kept."""
    path, _, query = url.partition("?")
    answer: Any = staffer.client.get(f"{path}list.csv?{query}")
    assert answer.status_code == 200, url
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_list_is_narrowed_to_days_and_a_currency(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    francs = shop.open_account("CH1", currency="CHF")
    labels = []
    for number in range(4):
        shop.charge(1000, on=DAY + timedelta(days=number))
        labels.append(shop.bill(DAY + timedelta(days=number)).label)
    shop.charge(7000, account=francs)
    swiss = shop.bill().label
    first, last = DAY + timedelta(days=1), DAY + timedelta(days=2)
    base = "/console/lists/invoices/?show=all"
    page = staffer.see(f"{base}&from={first}&to={last}")
    assert [one in page for one in (*labels, swiss)] == [False, True, True, False, False]
    due = Invoice.objects.get(label=labels[3]).due_on
    page = staffer.see(f"{base}&by=due&from={due}")
    assert [one in page for one in (*labels, swiss)] == [False, False, False, True, False]
    assert [row["Invoice"] for row in take(staffer, f"{base}&currency=chf")] == [swiss]
    # Written at noon in Berlin, which is its day.
    Message.objects.create(
        seller=shop.seller, account=shop.account, kind="invoice_issued", subject="x",
        created_at=NOW, send_at=NOW,
    )  # fmt: skip
    for day, count in ((DAY, 1), (DAY + timedelta(days=1), 0)):
        found = take(staffer, f"/console/lists/messages/?from={day}&to={day}")
        assert len([row for row in found if row["Kind"] == "invoice issued"]) >= count
        assert count or not found
    page = staffer.see(f"{base}&from=yesterday")
    assert "“yesterday” is no day" in page and not any(one in page for one in labels)
    for odd in ("0001-01-01", "9999-12-31", "2026-02-30", "x" * 300):
        for slug in ("invoices", "messages", "accounts"):
            staffer.see(f"/console/lists/{slug}/?from={odd}&to={odd}&currency={odd}&by={odd}")


def test_an_instant_is_of_the_day_of_the_seller(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    Seller.objects.filter(id=shop.seller.id).update(time_zone="America/New_York")
    late = datetime(2026, 4, 1, 2, tzinfo=UTC)
    Message.objects.create(
        seller=shop.seller, account=shop.account, kind="invoice_issued", subject="x",
        created_at=late, send_at=late,
    )  # fmt: skip
    url = "/console/lists/messages/?from=2026-03-31&to=2026-03-31"
    assert "31 Mar 2026" in staffer.see(url)
    assert [row["Written"] for row in take(staffer, url)] == ["2026-03-31 22:00:00"]


def test_few_files_are_made_at_once_and_none_without_end(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffer = Staffer(hire(shop.seller))
    for _ in range(3):
        shop.invoice(1000)
    url = "/console/lists/invoices/list.csv?show=all"
    taken: list[Any] = [staffer.client.get(url), staffer.client.get(url)]
    staffer.see(url, 503)
    for one in taken:
        assert b"".join(one.streaming_content)
    monkeypatch.setattr(sheet, "_PART", 1)
    monkeypatch.setattr(sheet, "_ROWS", 2)
    for _ in range(3):
        rows = take(staffer, "/console/lists/invoices/?show=all")
        assert len(rows) == 3 and rows[-1]["Id"].startswith("The list goes on.")


def test_pages_by_day_hold_each_row_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    staffer = Staffer(hire(shop.seller))
    # What was issued last is not of the last day.
    for number in (3, 1, 3, 2, 1, 3, 2):
        shop.charge(1000, on=DAY + timedelta(days=number))
        shop.bill(DAY + timedelta(days=number))
    monkeypatch.setattr(InvoiceList, "list_per_page", 2)
    monkeypatch.setattr(sheet, "_PART", 2)
    base = f"/console/lists/invoices/?show=all&from={DAY}"
    pages, url = [], base.partition("/invoices/")[2]
    while url:
        found: Any = staffer.client.get(f"/console/lists/invoices/{url}").context["cl"]
        pages.append([row.label for row in found.result_list])
        url = found.pages["next_url"]
    flat = [label for one in pages for label in one]
    wanted = Invoice.objects.order_by("-issued_on", "-id").values_list("label", flat=True)
    assert flat == list(wanted) and len(flat) == 7
    back: Any = staffer.client.get(f"/console/lists/invoices/{found.pages['previous_url']}")
    assert [row.label for row in back.context["cl"].result_list] == pages[-2]
    assert [row["Invoice"] for row in take(staffer, base)] == flat


def test_a_file_is_what_is_shown_and_nothing_runs_in_it(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller, "finance"))
    invoice = shop.invoice(10000)
    shop.pay(5000, reference="=cmd|' /C calc'!A0")
    Account.objects.filter(id=shop.account.id).update(name="@SUM(1) & <b>Sons</b>")
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    open_account(seller=north, name="Far away", country="DE", now=NOW)
    page = staffer.see("/console/lists/invoices/?show=open")
    assert 'href="list.csv?show=open"' in page
    row = take(staffer, "/console/lists/invoices/?show=open")[0]
    assert row["Invoice"] == invoice.label and row["Id"] == invoice.public_id
    assert (row["Total"], row["Open"], row["Currency"]) == ("119.00", "69.00", "EUR")
    assert row["Issued"] == DAY.isoformat() and row["Account"] == "'@SUM(1) & <b>Sons</b>"
    assert take(staffer, "/console/lists/invoices/?show=paid") == []
    assert take(staffer, "/console/lists/payments/")[0]["Reference"].startswith("'=cmd")
    names = {row["Account"] for row in take(staffer, "/console/lists/accounts/")}
    assert names == {"'@SUM(1) & <b>Sons</b>"}
    told = Event.objects.filter(kind="list.exported").order_by("id").first()
    assert told is not None and told.seller == shop.seller
    assert (told.subject, told.actor) == ("invoices", staffer.user.public_id)
    assert "show=open" in told.data
    cashier = Staffer(hire(shop.seller, "cashier"))
    cashier.see("/console/lists/invoices/list.csv", 403)
    for one in LISTS:
        if one.needed in ("see_money", "see_customers"):
            take(staffer, f"/console/lists/{one.slug}/?show=all")


def test_days_and_files_ask_as_much_however_long_a_list_is(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    span = f"from=2026-01-01&to={date(2026, 12, 31)}"

    def measure() -> dict[str, tuple[int, int]]:
        found = {}
        for one in LISTS:
            url = f"/console/lists/{one.slug}/?show=all&{span}"
            with CaptureQueriesContext(connection) as page:
                staffer.see(url)
            with CaptureQueriesContext(connection) as file:
                take(staffer, url)
            asked = [query["sql"] for query in (*page, *file)]
            assert not any("COUNT(" in sql for sql in asked), one.slug
            found[one.slug] = len(page), len(file)
        return found

    shop.pay(shop.invoice(10000).total_minor)
    staffer.see("/console/")
    few = measure()
    for number in range(3):
        account = shop.open_account(f"B{number}")
        shop.charge(10000, account=account)
        shop.pay(500, account=account)
    shop.bill()
    assert measure() == few


@pytest.mark.sqlite_only
def test_lists_are_read_in_their_order(shop: Shop) -> None:
    """PostgreSQL chooses by how much there is; here the plan says it without a million rows."""
    staffer = Staffer(hire(shop.seller))
    for query, index in (
        ("invoices/?show=all", ""),
        ("invoices/?show=all&before=500000", ""),
        ("credit-notes/", ""),
        ("messages/?from=2026-01-01", ""),
        (f"invoices/?show=all&from={DAY}&to={DAY}", "invoice_by_day"),
        (f"invoices/?show=all&from={DAY}&before=5&on={DAY}", "invoice_by_day"),
        (f"payments/?currency=EUR&from={DAY}&before=5&on={DAY}", "payment_by_day"),
        (f"journal/?from={DAY}", "journal_entry_order"),
    ):
        with CaptureQueriesContext(connection) as queries:
            staffer.see(f"/console/lists/{query}")
        (asked,) = [one["sql"] for one in queries if "LIMIT 51" in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
            plan = [str(row[3]) for row in cursor.fetchall()]
        assert index in plan[0] and not any("ORDER BY" in one for one in plan), (query, plan)
