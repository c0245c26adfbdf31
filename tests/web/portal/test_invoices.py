"""The list of invoices: what it shows at first, finding one among many, and taking it along."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.store.models import Invoice
from tests.services.till import Shop
from tests.web.portal.customer import CLOCK, Customer, live_through

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def labels(page: str) -> list[str]:
    """The numbers of the invoices on a page, in order."""
    table = page.partition("<tbody>")[2]
    return re.findall(r'<a href="/invoices/inv_\w+/">([^<]+)</a>', table)


def link(page: str, word: str) -> str | None:
    """Where a link of the page leads."""
    found = re.search(rf'rel="{word}" href="([^"]+)"', page)
    return found and found[1]


def test_it_opens_with_what_is_to_be_paid(shop: Shop) -> None:
    paid, late = shop.invoice(1000, on=date(2026, 2, 17)), shop.invoice(2000, on=date(2026, 2, 18))
    shop.pay(paid.total_minor)
    now = shop.invoice(3000)
    page = Customer(shop.account).see("/invoices/")
    assert labels(page) == [now.label, late.label]
    assert '59.50 €</span> to pay on 2 invoices, <span class="money">23.80 €</span> of it' in page
    assert "Pay the chosen invoices" in page
    everything = Customer(shop.account, "billing").see("/invoices/?state=all")
    assert labels(everything) == [now.label, late.label, paid.label]
    overdue = Customer(shop.account, "read_only").see("/invoices/?state=overdue")
    assert labels(overdue) == [late.label]


def test_it_shows_everything_where_nothing_is_open(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(invoice.total_minor)
    customer = Customer(shop.account)
    page = customer.see("/invoices/")
    assert labels(page) == [invoice.label]
    assert "Everything is paid." in page
    assert "Nothing to pay" in customer.see("/invoices/?state=open")


def test_an_account_without_invoices_is_told_what_will_appear(shop: Shop) -> None:
    page = Customer(shop.account).see("/invoices/")
    assert "No invoices yet" in page
    assert "on the day it is issued" in page


def test_it_finds_by_number_amount_and_what_it_is_for(shop: Shop) -> None:
    shop.charge(1000, 2050)
    one = shop.bill()
    shop.charge(100000, product=shop.books)
    two = shop.bill()
    customer = Customer(shop.account)

    def find(text: str) -> list[str]:
        return labels(customer.see(f"/invoices/?q={text}"))

    assert find(one.label.lower()) == [one.label]
    assert find(str(two.number)) == [two.label]
    assert find("36.30") == find("36,30") == find("36%2C30 €") == [one.label]
    assert find("1.070,00") == find("1%2C070.00") == find("1070") == [two.label]
    assert find("books") == [two.label]
    assert find("a charge") == [two.label, one.label]
    assert find("charge 36.30") == [one.label]
    assert find("nothing like it") == []
    assert find("%25") == find("_____") == find("99999999999999999999999") == []


def test_a_search_is_among_all_unless_told_otherwise(shop: Shop) -> None:
    paid = shop.invoice(1000)
    shop.pay(paid.total_minor)
    shop.invoice(3000)
    customer = Customer(shop.account)
    assert labels(customer.see("/invoices/?q=11.90")) == [paid.label]
    assert labels(customer.see("/invoices/?q=11.90&state=open")) == []
    assert 'name="q" value="11.90"' in customer.see("/invoices/?q=11.90&state=open")


def test_pages_lead_through_all_and_back_without_gap_or_repetition(shop: Shop) -> None:
    live_through(shop, shop.account, 60, date(2025, 12, 10))
    customer, url, seen = Customer(shop.account), "/invoices/?state=all", []
    pages = []
    while url:
        page = customer.see(url)
        pages.append(labels(page))
        seen += labels(page)
        url = link(page, "next") or ""
    wanted = list(Invoice.objects.order_by("-id").values_list("label", flat=True))
    assert seen == wanted
    assert [len(one) for one in pages] == [25, 25, 10]
    back = link(page, "prev")
    second = customer.see(back or "")
    assert labels(second) == pages[1]
    assert labels(customer.see(link(second, "next") or "")) == pages[2]
    again = customer.see(link(second, "prev") or "")
    assert labels(again) == pages[0]
    assert link(again, "prev") is None


def test_years_limit_it(shop: Shop) -> None:
    live_through(shop, shop.account, 40, date(2025, 12, 10))
    customer = Customer(shop.account)
    assert len(labels(customer.see("/invoices/?state=all&year=2025"))) == 22
    assert len(labels(customer.see("/invoices/?year=2026"))) == 18
    page = customer.see("/invoices/")
    assert '<option value="2025">' in page and '<option value="2026">' in page


def test_the_table_has_all_that_is_shown_and_nothing_else(shop: Shop) -> None:
    live_through(shop, shop.account, 40, date(2025, 12, 10))
    other = shop.open_account("A2")
    live_through(shop, other, 3, date(2026, 1, 1))
    customer = Customer(shop.account)
    answer = customer.fetch("/invoices/list.csv?state=paid&year=2025")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="invoices-paid-2025.csv"' in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 22
    assert {row["State"] for row in rows} == {"paid"}
    assert rows[-1]["Total"] == "1.19" and rows[-1]["Currency"] == "EUR"
    own = customer.download("/invoices/list.csv").decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(own)))) == 40


def test_what_nobody_can_mean_is_no_error(shop: Shop) -> None:
    shop.invoice(1000)
    mine = Customer(shop.account)
    for query in (
        "state=all'--", "year=0", "year=99999", "year=x", "after=inv_x", "before=1",
        "q=" + "x" * 500, "after=&before=", "year=%C2%B2",
    ):  # fmt: skip
        mine.see(f"/invoices/?{query}")
        assert mine.download(f"/invoices/list.csv?{query}")


def test_the_place_of_another_account_leads_nowhere(shop: Shop) -> None:
    shop.invoice(1000)
    other = shop.open_account("A2")
    theirs = shop.invoice(1000, account=other)
    mine = Customer(shop.account)
    assert labels(mine.see(f"/invoices/?state=all&after={theirs.public_id}")) == []
    assert labels(mine.see(f"/invoices/?state=all&before={theirs.public_id}")) == []


def test_those_who_may_not_see_money_are_told_whom_to_ask(shop: Shop) -> None:
    technical = Customer(shop.account, "technical")
    for url in ("/invoices/", "/invoices/list.csv", "/credit/", "/documents/", "/payment-methods/"):
        technical.see(url, status=403)


def test_due_today_is_not_overdue(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shop.invoice(1000, on=date(2026, 2, 19)).due_on == date(2026, 3, 5)
    customer = Customer(shop.account)
    assert "Overdue" not in customer.see("/invoices/")
    monkeypatch.setenv(VARIABLE, "2026-03-06T00:00:01+01:00")
    assert "Overdue" in customer.see("/invoices/")
