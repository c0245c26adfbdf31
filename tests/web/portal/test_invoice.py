"""One invoice, payment or credit note: what it says, what it leads to, and to whom."""

from __future__ import annotations

from datetime import date

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.store.models import CreditNote, Payment
from tests.services.till import DAY, LATER, NOW, Shop
from tests.web.portal.customer import CLOCK, Customer, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def test_it_says_what_for_how_much_and_by_when(shop: Shop) -> None:
    shop.subscribe(plan_of(shop), "S1", start_on=date(2026, 3, 1))
    invoice = shop.bill()
    page = Customer(shop.account).see(f"/invoices/{invoice.public_id}/")
    assert f"Invoice {invoice.label}" in page
    assert "Web space" in page
    assert "1 March 2026</time> to <time" in page.replace("Mar ", "March ")
    assert "10.00 € each month" in page
    assert "VAT 19 %" in page
    assert "Pay 11.90 €" in page
    assert f"/invoices/{invoice.public_id}/document.pdf" in page


def test_its_lines_are_explained_in_the_readers_language(shop: Shop) -> None:
    shop.subscribe(plan_of(shop, amount="1234.50"), "S1")
    invoice = shop.bill()
    customer = Customer(shop.account)
    customer.client.cookies["language"] = "de"
    page = customer.see(f"/invoices/{invoice.public_id}/")
    assert "1.234,50 €" in page
    assert "1,234.50" not in page
    assert "/v1" not in page


def test_what_settled_it_leads_to_where_it_came_from(shop: Shop) -> None:
    grant_credit(
        account=shop.account, kind="goodwill", amount_minor=200, today=DAY, now=NOW, reason="sorry"
    )
    invoice = shop.invoice(1000)
    shop.pay(500)
    credit_invoice(invoice=invoice, lines={1: 100}, today=DAY, now=NOW, reason="too slow")
    note, payment = CreditNote.objects.get(), Payment.objects.get()
    page = Customer(shop.account).see(f"/invoices/{invoice.public_id}/")
    assert "2.00 € paid from your credit" in page
    assert f'<a href="/payments/{payment.public_id}/">5.00 € paid: bank transfer</a>' in page
    assert f'<a href="/payments/{payment.public_id}/">Payment by bank transfer</a>' in page
    assert f'<a href="/credit-notes/{note.public_id}/">1.19 € off by credit note' in page
    assert "too slow" in page
    assert "Pay 3.71 €" in page


def test_states_say_what_they_mean(shop: Shop) -> None:
    customer = Customer(shop.account)
    paid, void, lost, late = (shop.invoice(1000, on=date(2026, 2, day)) for day in (1, 2, 3, 4))
    shop.pay(paid.total_minor, invoices=[paid])
    void_invoice(invoice=void, today=LATER, now=NOW, reason="twice")
    write_off_invoice(invoice=lost, today=LATER, now=NOW, reason="moved away")
    assert "✓ Paid on" in customer.see(f"/invoices/{paid.public_id}/")
    page = customer.see(f"/invoices/{void.public_id}/")
    assert "it was made void" in page and "Made void: twice" in page
    page = customer.see(f"/invoices/{lost.public_id}/")
    assert "given up asking for the rest" in page and "moved away" not in page
    page = customer.see(f"/invoices/{late.public_id}/")
    assert "Was due on" in page and "15 days ago" in page and "Pay 11.90 €" in page
    for gone in (paid, void, lost):
        assert "/invoices/pay/" not in customer.see(f"/invoices/{gone.public_id}/")


def test_a_credit_note_says_what_it_takes_back_and_where_it_went(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(invoice.total_minor)
    credit_invoice(invoice=invoice, today=DAY, now=NOW, reason="never worked")
    note = CreditNote.objects.get()
    customer = Customer(shop.account)
    page = customer.see(f"/credit-notes/{note.public_id}/")
    for words in (note.label, "never worked", "11.90 €", "Became credit", "VAT 19 %", "A charge"):
        assert words in page
    assert f"/invoices/{invoice.public_id}/" in page
    assert "became your credit" in customer.see(f"/invoices/{invoice.public_id}/")


def test_a_payment_says_what_it_was_used_for(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    payment = shop.pay(2000, reference="my own words")
    page = Customer(shop.account).see(f"/payments/{payment.public_id}/")
    for words in ("Payment of", "20.00 €", "bank transfer", "my own words", invoice.label,
                  "11.90 €", "Became credit", "8.10 €", "/receipt.pdf"):  # fmt: skip
        assert words in page


def test_what_others_own_is_not_there(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    payment = shop.pay(2000)
    credit_invoice(invoice=invoice, today=DAY, now=NOW, reason="never worked")
    note = CreditNote.objects.get()
    stranger = Customer(shop.open_account("A2"))
    for url in (
        f"/invoices/{invoice.public_id}/",
        f"/invoices/{invoice.public_id}/document.pdf",
        f"/invoices/pay/?invoice={invoice.public_id}",
        f"/payments/{payment.public_id}/",
        f"/payments/{payment.public_id}/receipt.pdf",
        f"/credit-notes/{note.public_id}/",
        f"/credit-notes/{note.public_id}/document.pdf",
        "/invoices/inv_0/",
        "/invoices/1/",
        "/payments/1/",
        "/payments/started/att_1/",
        "/payment-methods/pmt_1/remove/",
    ):
        stranger.see(url, status=404)


def test_its_file_is_a_pdf_that_never_changes(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    customer = Customer(shop.account)
    answer = customer.fetch(f"/invoices/{invoice.public_id}/document.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert ".pdf" in answer["Content-Disposition"]
    assert customer.fetch(f"/invoices/{invoice.public_id}/document.pdf").content == answer.content
