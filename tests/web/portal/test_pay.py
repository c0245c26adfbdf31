"""Paying: one, several, a part; and the ways to pay that are kept."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.store.models import CreditGrant, Invoice, Payment, PaymentMethod
from tests.services.till import NOW, Shop
from tests.web.kit.counter import CARD
from tests.web.portal.customer import CLOCK, Customer, offer_sandbox, plain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def pay(customer: Customer, url: str, **more: str) -> str:
    """Fill in the card at an address, send it, and see where it leads."""
    page = customer.see(url)
    hidden = dict(re.findall(r'<input type="hidden" name="(key|shown)" value="([^"]*)"', page))
    fields = {f"field-{name}": value for name, value in CARD.items()}
    answer = customer.client.post(url, hidden | fields | {"way": "sandbox-card"} | more)
    assert answer.status_code == 302, unescape(answer.content.decode())[:3000]
    return customer.see(answer["Location"])


def keep(shop: Shop, label: str, **details: Any) -> PaymentMethod:
    given = {"gateway": "sandbox", "token": label, "kind": "visa", "added_at": NOW} | details
    return PaymentMethod.objects.create(account=shop.account, label=label, **given)


def test_chosen_invoices_are_paid_together(shop: Shop) -> None:
    offer_sandbox(shop)
    one, two, three = (shop.invoice(1000, on=date(2026, 3, day)) for day in (1, 2, 3))
    customer = Customer(shop.account)
    page = customer.see("/invoices/")
    assert page.count('type="checkbox" name="invoice"') == 3
    assert "23.80 €" in pay(
        customer, f"/invoices/pay/?invoice={one.public_id}&invoice={three.public_id}"
    )
    assert set(Invoice.objects.filter(status="paid")) == {one, three}
    assert Payment.objects.get().amount_minor == 2380
    two.refresh_from_db()
    assert two.open_minor == 1190


def test_without_a_choice_all_that_is_open_is_paid(shop: Shop) -> None:
    offer_sandbox(shop)
    shop.invoice(1000)
    shop.invoice(2000)
    pay(Customer(shop.account), "/invoices/pay/")
    assert not Invoice.objects.filter(status="open").exists()


def test_a_part_is_paid(shop: Shop) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(1000)
    pay(Customer(shop.account), f"/invoices/pay/?invoice={invoice.public_id}&amount=2,50")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.open_minor) == ("open", 940)


@pytest.mark.parametrize("amount", ["11.91", "0", "-1", "much", "", "1e3", "99999999999999999999"])
def test_a_part_that_is_none_is_refused_with_the_bound(shop: Shop, amount: str) -> None:
    invoice = shop.invoice(1000)
    customer = Customer(shop.account)
    answer: Any = customer.client.get(
        "/invoices/pay/", {"invoice": invoice.public_id, "amount": amount}, follow=True
    )
    assert answer.redirect_chain == [(f"/invoices/{invoice.public_id}/", 302)]
    page = plain(unescape(answer.content.decode()))
    assert "Give an amount of at most 11.90 €; nothing was paid." in page


def test_what_is_paid_is_not_paid_again(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(1190)
    customer = Customer(shop.account)
    answer = customer.client.get(f"/invoices/pay/?invoice={invoice.public_id}")
    assert answer["Location"] == f"/invoices/{invoice.public_id}/"
    assert "settled already" in customer.see(answer["Location"])
    assert customer.client.get("/invoices/pay/")["Location"] == "/invoices/"


def test_an_invoice_of_others_among_the_chosen_is_refused(shop: Shop) -> None:
    mine, theirs = shop.invoice(1000), shop.invoice(1000, account=shop.open_account("A2"))
    url = f"/invoices/pay/?invoice={mine.public_id}&invoice={theirs.public_id}"
    Customer(shop.account).see(url, status=404)


def test_readers_and_technicians_do_not_pay(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    for role in ("read_only", "technical"):
        customer = Customer(shop.account, role)
        url = f"/invoices/pay/?invoice={invoice.public_id}"
        assert customer.client.get(url).status_code == 403
        assert customer.client.post(url).status_code == 403


def test_added_credit_is_there(shop: Shop) -> None:
    offer_sandbox(shop)
    customer = Customer(shop.account)
    pay(customer, "/credit/add/?amount=20.00")
    assert CreditGrant.objects.get().open_minor == 2000
    page = customer.see("/credit/")
    assert '<h1 class="answer"><span class="money">20.00 €' in page


def test_a_card_is_kept_used_and_removed(shop: Shop) -> None:
    offer_sandbox(shop)
    customer = Customer(shop.account)
    assert "No payment methods yet" in customer.see("/payment-methods/")
    page = pay(customer, "/payment-methods/add/")
    first = PaymentMethod.objects.get()
    assert first.label in page and "In use" in page
    second = keep(shop, "Visa •••• 1111")
    page = customer.see("/payment-methods/")
    assert f"/payment-methods/{second.public_id}/default/" in page
    assert f"/payment-methods/{first.public_id}/default/" not in page
    answer = customer.client.post(f"/payment-methods/{second.public_id}/default/")
    assert "is used from now on" in customer.see(answer["Location"])
    second.refresh_from_db()
    assert second.is_default
    asked = customer.see(f"/payment-methods/{second.public_id}/remove/")
    assert f"{first.label} is used from now on." in asked
    answer = customer.client.post(f"/payment-methods/{second.public_id}/remove/")
    page = customer.see(answer["Location"])
    assert "Visa •••• 1111 was removed" in page
    first.refresh_from_db()
    assert first.is_default
    customer.see(f"/payment-methods/{second.public_id}/remove/", status=404)
    assert "Nothing is kept then" in customer.see(f"/payment-methods/{first.public_id}/remove/")


def test_removal_holds_when_the_gateway_is_gone(shop: Shop) -> None:
    method = keep(shop, "Card of old", gateway="closed-down")
    customer = Customer(shop.account)
    answer = customer.client.post(f"/payment-methods/{method.public_id}/remove/")
    assert "Card of old was removed" in customer.see(answer["Location"])


def test_what_expires_is_marked(shop: Shop) -> None:
    keep(shop, "Old", expires_on=date(2026, 2, 28))
    keep(shop, "Ending", expires_on=date(2026, 3, 31))
    keep(shop, "Fresh", expires_on=date(2029, 3, 31))
    page = Customer(shop.account).see("/payment-methods/")
    assert re.search(r"Expired in <time[^>]+>February 2026", page)
    assert page.count("Expires soon") == 1


def test_methods_are_for_those_who_may(shop: Shop) -> None:
    method = keep(shop, "Visa")
    reader = Customer(shop.account, "read_only")
    assert "remove/" not in reader.see("/payment-methods/")
    for url in ("default/", "remove/"):
        answer = reader.client.post(f"/payment-methods/{method.public_id}/{url}")
        assert answer.status_code == 403
    stranger = Customer(shop.open_account("A2"))
    for url in ("default/", "remove/"):
        answer = stranger.client.post(f"/payment-methods/{method.public_id}/{url}")
        assert answer.status_code == 404
    method.refresh_from_db()
    assert method.removed_at is None
