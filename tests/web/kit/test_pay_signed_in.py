"""Paying as somebody who is signed in: kept methods, several invoices, credit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quarterday.ports.outcomes import KeptMethod
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import (
    Brand,
    CreditGrant,
    Membership,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    User,
)
from tests.services.till import NOW, Shop
from tests.web.kit.counter import CARD, read

VISA = KeptMethod("sbx.ok.visa.4242.203905", "visa", "Visa •••• 4242")
LATER_REFUSED = KeptMethod("sbx.later_refused.visa.0341.203905", "visa", "Visa •••• 0341")


class Member:
    """An owner who is signed in to the account."""

    def __init__(self, shop: Shop) -> None:
        gateways = {"sandbox": {"is_enabled": True}}
        Brand.objects.create(seller=shop.seller, data={"gateways": gateways})
        self.shop = shop
        self.user = User.objects.create(email="anna@example.com")
        Membership.objects.create(user=self.user, account=shop.account, role="owner")
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(self.user)

    def keep(self, kept: KeptMethod = VISA) -> PaymentMethod:
        return keep_method(account=self.shop.account, gateway="sandbox", kept=kept, now=NOW)

    def see(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, (answer.status_code, answer.headers)
        return read(answer)

    def pay(self, url: str, way: str, **fields: str) -> Any:
        found = dict(re.findall(r'name="(key|shown)" value="([^"]*)"', self.see(url)))
        return self.client.post(url, found | {"way": way} | fields)


def typed(**more: str) -> dict[str, str]:
    return {f"field-{name}": value for name, value in (CARD | more).items()}


def test_a_kept_method_pays_all_that_is_open(shop: Shop) -> None:
    member = Member(shop)
    shop.invoice(10000)
    shop.invoice(20000)
    method = member.keep()
    page = member.see("/invoices/pay/")
    assert "Pay 357.00 €" in page
    assert "For 2 invoices" in page
    assert "Visa •••• 4242" in page
    answer = member.pay("/invoices/pay/", method.public_id)
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.attempt.method_id) == (35700, method.id)
    page = member.see(answer.headers["Location"])
    assert "You paid 357.00 €" in page
    assert "Visa •••• 4242" in page


def test_a_card_is_kept_when_asked(shop: Shop) -> None:
    member = Member(shop)
    shop.invoice(10000)
    member.pay("/invoices/pay/", "sandbox-card", save="1", **typed())
    assert [one.label for one in PaymentMethod.objects.all()] == ["Visa •••• 4242"]


def test_a_kept_method_that_fails_leads_back_to_choose_another(shop: Shop) -> None:
    member = Member(shop)
    shop.invoice(10000)
    method = member.keep(LATER_REFUSED)
    answer = member.pay("/invoices/pay/", method.public_id)
    page = member.see(answer.headers["Location"])
    assert "The bank refused the payment and did not say why." in page
    assert not Payment.objects.exists()


def test_a_method_of_another_account_is_of_no_use(shop: Shop) -> None:
    member = Member(shop)
    shop.invoice(10000)
    other = keep_method(account=shop.open_account("A2"), gateway="sandbox", kept=VISA, now=NOW)
    answer = member.pay("/invoices/pay/", other.public_id)
    assert (answer.status_code, PaymentAttempt.objects.count()) == (409, 0)


def test_a_method_is_kept_without_paying(shop: Shop) -> None:
    member = Member(shop)
    url = "/payment-methods/add/"
    assert "Keep this payment method" in member.see(url)
    answer = member.pay(url, "sandbox-card", **typed(number="5555555555554444"))
    assert answer.headers["Location"] == "/payment-methods/"
    assert PaymentMethod.objects.get().label == "Mastercard •••• 4444"
    attempt = PaymentAttempt.objects.get()
    assert (attempt.purpose, attempt.amount_minor, attempt.status) == ("save", 0, "succeeded")


@pytest.mark.parametrize(("role", "sees"), [("read_only", True), ("technical", False)])
def test_only_who_may_see_money_sees_a_payment(shop: Shop, role: str, sees: bool) -> None:
    member = Member(shop)
    shop.invoice(10000)
    member.pay("/invoices/pay/", "sandbox-card", **typed(number="4000002500003155"))
    address = f"/pay/{PaymentAttempt.objects.get().public_id}/"
    other = User.objects.create(email="other@example.com")
    Membership.objects.create(user=other, account=shop.account, role=role)
    member.client = Client(SERVER_NAME="localhost")
    member.client.force_login(other)
    assert ("119.00 €" in member.see(address)) is sees
    member.client.post(f"{address}cancel/")
    assert PaymentAttempt.objects.get().status == "action"


def test_credit_is_paid_in(shop: Shop) -> None:
    member = Member(shop)
    url = "/credit/add/?amount=50.00"
    member.pay(url, "sandbox-card", **typed())
    assert CreditGrant.objects.get().open_minor == 5000
    page = member.see("/credit/")
    assert page.count("You added credit") == 2
    assert "more than was due" not in page


@pytest.mark.parametrize("invoices", [1, 25])
def test_the_page_reads_as_much_for_many_invoices_as_for_one(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries, invoices: int
) -> None:
    member = Member(shop)
    for _ in range(invoices):
        shop.invoice(10000)
    for number in range(invoices):
        member.keep(KeptMethod(f"sbx.ok.visa.{number:04}.203905", "visa", "Visa"))
    with django_assert_max_num_queries(16):
        member.see("/invoices/pay/")
