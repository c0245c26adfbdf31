"""The first page: the answer that somebody came for, in each case that there is."""

from __future__ import annotations

from datetime import date

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.services.usage.record_usage import record_usage
from quarterday.services.usage.usage_input import UsageInput
from quarterday.store.models import Invoice
from tests.services.till import NOW, Shop
from tests.web.portal.customer import CLOCK, Customer, offer_sandbox, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def euro(amount: str) -> str:
    return f'<span class="money">{amount} €</span>'


def headline(page: str) -> str:
    return page.partition('<h1 class="answer">')[2].partition("</h1>")[0]


def test_one_invoice_is_one_sentence_and_one_button(shop: Shop) -> None:
    invoice = shop.invoice(4034)
    page = Customer(shop.account).see("/")
    assert headline(page).startswith(f"You owe {euro('48.00')} by <time")
    assert "Monday" in headline(page) and "16 March 2026" in headline(page)
    assert f'href="/invoices/pay/?invoice={invoice.public_id}">Pay 48.00 €</a>' in page
    assert page.count("button-main") == 1
    assert f'href="/invoices/{invoice.public_id}/"' in page


def test_several_invoices_say_what_is_first(shop: Shop) -> None:
    first = shop.invoice(1000, on=date(2026, 2, 25))
    second = shop.invoice(2000)
    page = Customer(shop.account).see("/")
    assert headline(page) == f"You owe {euro('35.70')}"
    assert f"{euro('11.90')} of it by <time" in page
    ids = f"invoice={first.public_id}&invoice={second.public_id}"
    assert f"/invoices/pay/?{ids}" in page


def test_what_is_overdue_is_said_first(shop: Shop) -> None:
    shop.invoice(1000, on=date(2026, 2, 1))
    page = Customer(shop.account).see("/")
    assert "It has been overdue since" in page
    shop.invoice(1000)
    page = Customer(shop.account, "billing").see("/")
    assert f"{euro('11.90')} of it has been overdue since" in page
    shop.invoice(1000, on=date(2026, 2, 3))
    page = Customer(shop.account, "read_only").see("/")
    assert f"{euro('23.80')} of it is overdue, the first since" in page
    assert "Pay 35.70" not in page


def test_nothing_owed_says_what_comes_next(shop: Shop) -> None:
    shop.subscribe(plan_of(shop), "S1")
    paid = shop.bill()
    shop.pay(paid.total_minor)
    page = Customer(shop.account).see("/")
    assert headline(page) == "You owe nothing"
    assert "The next invoice comes on" in page
    assert "Wednesday" in page and "1 April 2026" in page
    assert euro("11.90") in page
    assert "button-main" not in page
    # What is in it: the line without tax, the tax, and the whole.
    assert "Web space" in page
    assert euro("10.00") in page and euro("1.90") in page


def test_the_next_invoice_is_what_the_run_will_issue(shop: Shop) -> None:
    shop.subscribe(plan_of(shop, amount="17.77"), "S1")
    shop.subscribe(plan_of(shop, "mail", amount="3.33"), "S2")
    shop.pay(shop.bill().total_minor)
    before = Customer(shop.account).see("/")
    run_billing(first=date(2026, 4, 1), last=date(2026, 4, 1), now=NOW)
    issued = Invoice.objects.latest("id")
    total = f"{issued.total_minor / 100:.2f}"
    assert 'The next invoice comes on <time datetime="2026-04-01">' in before
    assert f"{euro(total)} is expected" in before


def test_a_new_account_is_told_what_will_appear(shop: Shop) -> None:
    page = Customer(shop.account).see("/")
    assert headline(page) == "You owe nothing"
    for words in ("No invoice is planned.", "No services yet", "will be listed here"):
        assert words in page


def test_a_payment_on_its_way_is_not_asked_for_again(shop: Shop) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(4034)
    attempt = start_attempt(
        account=shop.account,
        gateway="sandbox",
        choice="card",
        amount_minor=4800,
        invoices=[invoice.public_id],
        now=NOW,
    )
    page = Customer(shop.account).see("/")
    assert headline(page) == f"Your payment of {euro('48.00')} is on its way"
    assert "Pay 48.00 €" not in page
    assert f"/payments/started/{attempt.public_id}/" in page


def test_a_promised_transfer_is_shown_and_still_asked_for(shop: Shop) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(4034)
    attempt = start_attempt(
        account=shop.account,
        gateway="bank_transfer",
        choice="transfer",
        amount_minor=4800,
        invoices=[invoice.public_id],
        now=NOW,
    )
    customer = Customer(shop.account)
    page = customer.see("/")
    assert "Pay 48.00 €" in page
    assert "has not arrived yet" in page
    answer = customer.fetch(f"/payments/started/{attempt.public_id}/")
    assert answer["Location"] == f"/pay/{attempt.public_id}/"
    other = Customer(shop.open_account("A2"))
    other.see(f"/payments/started/{attempt.public_id}/", status=404)


def test_credit_and_what_happened_are_shown(shop: Shop) -> None:
    grant_credit(
        account=shop.account, kind="goodwill", amount_minor=2500, today=date(2026, 3, 2), now=NOW,
        reason="sorry",
    )  # fmt: skip
    page = Customer(shop.account).see("/")
    assert euro("25.00") in page
    assert '<a href="/credit/">You got 25.00 € of credit</a>' in page


def test_technical_people_see_services_and_no_money(shop: Shop) -> None:
    shop.subscribe(plan_of(shop), "S1")
    invoice = shop.bill()
    page = Customer(shop.account, "technical").see("/")
    assert "Web space" in page
    assert "Web space was ordered" in page
    for hidden in ("€", invoice.label, "You owe", "Credit"):
        assert hidden not in page.partition("<main")[2]


def test_another_account_is_not_counted(shop: Shop) -> None:
    shop.invoice(1000)
    other = Customer(shop.open_account("A2"))
    assert headline(other.see("/")) == "You owe nothing"


def test_currencies_and_languages_are_the_readers(shop: Shop) -> None:
    yen = shop.open_account("J1", currency="JPY", region="")
    shop.charge(123456, account=yen)
    shop.bill()
    customer = Customer(yen)
    assert "146,913 ¥" in customer.see("/")
    customer.client.cookies["language"] = "de"
    assert "146.913 ¥" in customer.see("/")


def test_what_is_measured_is_added_up_on_a_page_of_its_own(shop: Shop) -> None:
    sub = shop.subscribe(shop.meter(), "S1")
    customer = Customer(shop.account)
    page = customer.see("/")
    assert 'The next invoice comes on <time datetime="2026-04-01">' in page
    assert 'data-load="/next-invoice/"' in page and 'href="/next-invoice/"' in page
    assert "So far it is nothing" in customer.see("/next-invoice/")
    meter = sub.items.get().price.meter
    assert meter is not None
    event = UsageInput(
        meter=meter.code, event_id="e1", at=NOW, value="12", subscription=sub.public_id
    )
    record_usage(seller=shop.seller, events=[event], now=NOW, strict=True)
    page = customer.see("/next-invoice/")
    assert 'At least <span class="money">14.28 €</span>' in page
    Customer(shop.account, "technical").see("/next-invoice/", status=403)
