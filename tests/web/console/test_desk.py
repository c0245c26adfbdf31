"""The desk: a cashier finds who pays, sees what is owed, records it, and sees nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.ports.clock import VARIABLE
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.tills.add_cashier import add_cashier
from quarterday.services.tills.open_till import open_till
from quarterday.store.models import Event, InstalmentPlan, Invoice, Payment, TillEntry
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.console.test_account_deeds import Desk, event_of, hidden, plain
from tests.web.portal.customer import CLOCK

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


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
    assert "open your till" in form and 'value="cash"' not in form
    given = {
        "amount": "100", "method": "bank_transfer", "received_on": "2026-03-04",
        "reference": "RF18", "invoice": invoice.public_id,
    }  # fmt: skip
    cashier.refuse(url, 422, **given | {"method": "cash"})
    said = record(cashier, url, **given)
    assert "instead of 119.00 €" in said and "ann@customer" not in said
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.method) == (10000, "bank_transfer")
    assert payment.received_on == date(2026, 3, 4)
    assert event_of("payment.recorded").actor == cashier.user.public_id
    assert "19.00 €" in cashier.see(page_of(shop))


def test_cash_goes_into_the_till_of_who_takes_it(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    user = hire(shop.seller, "cashier")
    till = open_till(
        cashier=add_cashier(seller=shop.seller, code="c", name="C", user=user, now=NOW),
        today=TODAY, now=NOW,
    )  # fmt: skip
    cashier, url = Staffer(user), page_of(shop) + "record/"
    assert "go into your till 1" in cashier.see(url)
    given = {"amount": "119", "method": "cash", "received_on": TODAY.isoformat(), "invoice": ""}
    wrong = given | {"received_on": "2026-03-04"}
    assert "has to be today" in cashier.refuse(url, 422, **wrong)
    record(cashier, url, **given)
    entry = TillEntry.objects.get()
    assert (entry.till, entry.means, entry.amount_minor) == (till, "cash", 11900)
    invoice.refresh_from_db()
    assert invoice.status == "paid" and Payment.objects.get().method == "cash"
    # Somebody else's till is not theirs.
    other = Staffer(hire(shop.seller, "cashier", "other"))
    assert 'value="cash"' not in other.see(url)


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
