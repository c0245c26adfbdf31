"""What customers see of what is charged by itself, and what they decide about it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.collection.collect_due import collect_due
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Brand, InstalmentPlan, Payment
from tests.services.collection.collector import at
from tests.services.till import NOW, Shop
from tests.web.portal.customer import CLOCK, Customer, offer_sandbox

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 16)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def keep(shop: Shop, does: str = "ok") -> Any:
    kept = KeptMethod(f"sbx.{does}.visa.4242.203905", "visa", "Visa •••• 4242")
    return keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW)


def test_paying_automatically_is_shown_and_switched(shop: Shop) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(10000)
    customer = Customer(shop.account)
    assert "Pay invoices automatically" not in customer.see("/payment-methods/")
    keep(shop)
    page = customer.see("/payment-methods/")
    said = "We charge 119.00 € to Visa •••• 4242 on Monday, 16 March 2026."
    assert said in page
    assert said in customer.see(f"/invoices/{invoice.public_id}/")
    customer.client.post("/payment-methods/automatic/", {"on": "no"})
    page = customer.see("/payment-methods/")
    assert "Nothing is charged automatically any more." in page
    assert said not in page
    assert "Nothing is charged by itself." in customer.see(f"/invoices/{invoice.public_id}/")
    assert not collect_due(seller=shop.seller, today=DUE, now=at(DUE)).paid
    customer.client.post("/payment-methods/automatic/", {"on": "yes"})
    assert collect_due(seller=shop.seller, today=DUE, now=at(DUE)).paid == 1


def test_only_who_manages_methods_may_switch(shop: Shop) -> None:
    offer_sandbox(shop)
    keep(shop)
    reader = Customer(shop.account, "read_only")
    assert "Stop paying automatically" not in reader.see("/payment-methods/")
    answer: Any = reader.client.post("/payment-methods/automatic/", {"on": "no"})
    assert answer.status_code == 403


def test_the_next_try_stands_on_the_invoice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(10000)
    keep(shop, "insufficient_funds")
    monkeypatch.setenv(VARIABLE, "2026-03-16T12:00+01:00")
    collect_due(seller=shop.seller, today=DUE, now=at(DUE))
    page = Customer(shop.account).see(f"/invoices/{invoice.public_id}/")
    assert "The last try was declined. We try 119.00 € by Visa •••• 4242 on Tuesday, 31" in page


def test_a_plan_is_chosen_once_and_shown(shop: Shop) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(100000)
    customer, url = Customer(shop.account), f"/invoices/{invoice.public_id}/"
    assert "instalments" not in customer.see(url)
    brand = Brand.objects.get()
    brand.data |= {"instalments": {"from_minor": {"EUR": 50000}, "most": 3}}
    brand.save()
    assert "Pay it in instalments" in customer.see(url)
    page = customer.see(f"{url}instalments/")
    assert re.findall(r"Pay in (\d) instalments", page) == ["2", "3"]
    customer.client.post(f"{url}instalments/", {"parts": "9", "shown": "119000"})
    customer.client.post(f"{url}instalments/", {"parts": "3", "shown": "1"})
    assert not InstalmentPlan.objects.exists()
    customer.client.post(f"{url}instalments/", {"parts": "3", "shown": "119000"})
    page = customer.see(url)
    assert "Your instalments" in page
    assert "Pay 396.67 €" in page
    assert "amount=396.67" in page
    shop.pay(39667, on=date(2026, 3, 5))
    page = customer.see(url)
    assert "✓ Paid" in page
    assert "Pay 396.67 €" in page
    assert Payment.objects.count() == 1
    assert customer.fetch(f"{url}instalments/").status_code == 302


def test_plans_of_others_are_not_there(shop: Shop) -> None:
    offer_sandbox(shop)
    invoice = shop.invoice(100000)
    stranger = Customer(shop.open_account("A2"))
    assert stranger.fetch(f"/invoices/{invoice.public_id}/instalments/").status_code == 404
