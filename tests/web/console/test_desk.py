"""The desk: a cashier finds who pays, sees what is owed, records it, and sees nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from quarterday.cli.app import app
from quarterday.core.instalments import split_amount
from quarterday.core.money import currency, format_minor
from quarterday.ports.clock import VARIABLE
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Event, InstalmentPlan, Invoice, Payment, Till, TillEntry
from tests.services.dunning.debtor import Debtor
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.console.test_account_deeds import Desk, event_of, hidden, plain
from tests.web.portal.customer import CLOCK

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)
CUSTOMERS = "/console/accounts/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def page_of(shop: Shop) -> str:
    return f"/console/desk/{shop.account.public_id}/"


def record(staffer: Staffer, url: str, **given: str) -> str:
    """Fill in, look, and send the very form twice; what the panel said."""
    answer = staffer.client.post(url, given)
    text = answer.content.decode()
    assert answer.status_code == 200, text
    form = hidden(text)
    for _ in range(2):
        sent = staffer.client.post(url, form)
        assert sent.status_code == 302, sent.content.decode()[:3000]
    return plain(text)


def test_a_cashier_finds_sees_and_records_and_no_more(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    add_contact(account_id=shop.account.id, email="ann@customer.example", now=NOW)
    cashier = Staffer(hire(shop.seller, "cashier"))
    for text in (shop.account.name[:9], invoice.label):
        assert page_of(shop) in cashier.see(f"/console/search/?q={text}")
    page = cashier.see(page_of(shop))
    assert "119.00 €" in page and invoice.label in page and "/console/accounts/" not in page
    assert "ann@customer" not in page
    cashier.see(f"/console/accounts/{shop.account.public_id}/", 403)
    url = page_of(shop) + "record/"
    form = cashier.see(f"{url}?invoice={invoice.public_id}")
    assert re.search(r'name="amount"[^>]*value="119.00"|value="119.00"[^>]*name="amount"', form)
    assert "No cashier is yours" in form
    given = {
        "amount": "100", "method": "bank_transfer", "received_on": "2026-03-04",
        "reference": "RF18", "invoice": invoice.public_id,
    }  # fmt: skip
    for method in ("cash", "cheque", "card_terminal", "bank_transfer"):
        said = cashier.refuse(url, 422, **given | {"method": method, "received_on": str(TODAY)})
        assert "No cashier is yours" in said
    assert not Payment.objects.exists()
    # Who books money records transfers, of earlier days too, but takes nothing past a till.
    finance = Staffer(hire(shop.seller, "finance"))
    finance.refuse(url, 422, **given | {"method": "cheque"})
    assert "instead of 119.00 €" in record(finance, url, **given)
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.method) == (10000, "bank_transfer")
    assert payment.received_on == date(2026, 3, 4)
    assert event_of("payment.recorded").actor == finance.user.public_id
    assert "19.00 €" in cashier.see(page_of(shop))


def run(line: str, status: int = 0) -> str:
    """Run a command here; what it said."""
    done = CliRunner().invoke(app, line.split())
    assert done.exit_code == status, done.output
    return done.output


def test_who_is_linked_to_a_cashier_takes_cash_into_the_till(shop: Shop) -> None:
    """From the first command to the closed till; the desk says what is missing meanwhile."""
    invoice = shop.invoice(10000)
    add_contact(account_id=shop.account.id, email="ann@customer.example", now=NOW)
    mine, hers = (Staffer(hire(shop.seller, "cashier", name)) for name in ("anna", "berta"))
    hire(shop.seller, "support", "sam")
    url, today = page_of(shop) + "record/", f"--today {TODAY}"
    given = {"amount": "119", "method": "cash", "received_on": str(TODAY), "invoice": ""}
    assert "No cashier is yours" in mine.see(url)
    assert "may not take money" in run("cash add-cashier c --name C --user sam@staff.example", 5)
    assert "anna@staff" in run("cash add-cashier c --name C --user anna@staff.example")
    assert "cash open --cashier c --seller shop" in mine.see(url)
    run("cash open --cashier c --today 2026-03-04")
    assert "till 1 is of" in mine.see(url)
    run("cash close 0 --cashier c --today 2026-03-04")
    run(f"cash open --cashier c --currency USD {today}")
    assert "is in USD" in mine.see(url)
    run(f"cash close 0 --cashier c {today}")
    run(f"cash open --cashier c {today}")
    form = mine.see(url)
    assert "go into your till 3" in form and "bank_transfer" not in form
    mine.refuse(url, 422, **given | {"method": "bank_transfer"})
    assert "has to be today" in mine.refuse(url, 422, **given | {"received_on": "2026-03-04"})
    # What was seen is not taken once the till is closed in between, nor by whom it is not.
    for method in ("cash", "cheque", "card_terminal"):
        seen = hidden(mine.client.post(url, given | {"method": method}).content.decode())
        Till.objects.filter(number=3).update(closed_at=NOW)
        assert "Your till is not open" in mine.refuse(url, 422, **seen)
        Till.objects.filter(number=3).update(closed_at=None)
    assert not Payment.objects.exists()
    assert 'value="cash"' not in hers.see(url)
    assert "instead of 119.00 €" in record(mine, url, **given)
    entry = TillEntry.objects.get()
    assert (entry.till.number, entry.means, entry.amount_minor) == (3, "cash", 11900)
    invoice.refresh_from_db()
    assert invoice.status == "paid" and Payment.objects.get().method == "cash"
    # Another one has the till from now on.
    for _ in range(2):
        assert "berta@staff" in run("cash change-cashier c --user berta@staff.example")
    assert Event.objects.filter(kind="cashier.changed").count() == 1
    assert "go into your till 3" in hers.see(url) and "No cashier is yours" in mine.see(url)
    assert "takes no money any more" in run("cash change-cashier c --gone")
    assert "No cashier is yours" in hers.see(url)


def test_the_desk_tells_of_money_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A payment wakes a service and a mail is sent: the customer's page says so, the desk not."""
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(*range(6))
    monkeypatch.setenv(VARIABLE, "2026-03-21T12:00+01:00")
    finance = Staffer(hire(shop.seller, "finance"))
    given = {"method": "bank_transfer", "received_on": str(TODAY), "invoice": invoice.public_id}
    given |= {"amount": format_minor(invoice.open_minor, currency("EUR"))}
    at_desk, at_page = (
        plain(finance.client.post(url, given).content.decode())
        for url in (
            page_of(shop) + "record/",
            f"{CUSTOMERS}{shop.account.public_id}/do/record-payment/",
        )
    )
    for told in ("A mail goes to ada@example.com", "Web is active", ": restored"):
        assert told in at_page and told not in at_desk, (told, at_page)
    assert "A mail goes" not in at_desk and "The customer owes 0.00 € afterwards" in at_desk


def test_an_invoice_in_parts_is_late_by_its_parts(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Due on 16 March by itself; agreed are 31 March and 30 April."""
    invoice = shop.invoice(10000)
    parts = split_amount(11900, 2, date(2026, 3, 31))
    agree_instalments(invoice=invoice, parts=parts, today=TODAY, now=NOW)
    finance = Staffer(hire(shop.seller, "finance"))
    own = f"{CUSTOMERS}{shop.account.public_id}/invoices/{invoice.public_id}/"
    record_url = f"{page_of(shop)}record/?invoice={invoice.public_id}"

    def look(clock: str) -> tuple[str, str, str]:
        monkeypatch.setenv(VARIABLE, f"{clock}T12:00+02:00")
        return plain(finance.see(page_of(shop))), plain(finance.see(own)), finance.see(record_url)

    desk, page, form = look("2026-03-20")
    assert "verdue" not in desk and "119.00 €" in desk and "31 Mar" in desk
    assert "late" not in page and "verdue" not in page and "amount=59.50" in finance.see(own)
    assert re.search(r'name="amount"[^>]*value="59.50"|value="59.50"[^>]*name="amount"', form)
    desk, page, form = look("2026-04-02")
    assert "Overdue 59.50 €" in desk and "2 days late" in page
    assert 'value="59.50"' in form
    assert 'value="119.00"' in look("2026-05-01")[2]


def test_only_payers_of_the_seller_and_only_who_takes_money(shop: Shop) -> None:
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    stranger = Staffer(hire(north, "cashier", "nora"))
    stranger.see(page_of(shop), 404)
    stranger.see(page_of(shop) + "record/", 404)
    for role, status in (("auditor", 403), ("support", 403), ("finance", 200)):
        staffer = Staffer(hire(shop.seller, role))
        staffer.see(page_of(shop) + "record/", status)
        page = staffer.see(page_of(shop))
        assert ("Record a payment" in page) is (status == 200)


def test_the_desk_asks_as_much_however_much_is_owed(shop: Shop) -> None:
    cashier = Staffer(hire(shop.seller, "cashier"))
    shop.invoice(1000)
    cashier.see(page_of(shop))

    def measure() -> int:
        with CaptureQueriesContext(connection) as queries:
            cashier.see(page_of(shop))
        return len(queries)

    few = measure()
    for _ in range(3):
        shop.invoice(1000)
    assert measure() == few <= 12


def test_instalments_are_agreed_and_ended_from_the_invoice(shop: Shop) -> None:
    desk = Desk(shop, "finance")
    invoice: Any = shop.invoice(10000)
    page = f"{desk.page}invoices/{invoice.public_id}/"
    assert "do/agree-instalments/" in desk.staffer.see(page)
    said = desk.do("agree-instalments", invoice, parts="3", first_on="2026-03-31", every="1 month")
    for told in (
        "39.67 € is due on Tuesday",
        "39.67 € is due on Thursday",
        "39.66 € is due on Sunday",
    ):
        assert told in said, (told, said)
    assert InstalmentPlan.objects.get().invoice == invoice
    text = desk.staffer.see(page)
    assert "Instalments" in text and "39.67" in text
    assert "do/agree-instalments/" not in text and "do/end-instalments/" in text
    said = desk.do("end-instalments", invoice, reason="Asked to pay at once")
    assert "All that is open, 119.00 €, is due on" in said
    assert InstalmentPlan.objects.get().ended_at is not None
    kinds = Event.objects.filter(kind__startswith="instalments.").values_list("kind", flat=True)
    assert sorted(kinds) == ["instalments.agreed", "instalments.ended"]
    desk.staffer.refuse(
        desk.url("agree-instalments", invoice),
        422,
        parts="1",
        first_on="2026-03-31",
        every="1 week",
    )
    past = {"parts": "2", "first_on": "2026-03-01", "every": "1 week"}
    assert "before today" in desk.staffer.refuse(
        desk.url("agree-instalments", invoice), 422, **past
    )
    assert Invoice.objects.get().open_minor == 11900
