"""A bank that wants to hear from the payer: the charge that nobody saw is finished by them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.collection.collect_due import collect_due
from quarterday.services.messages.fields.load_fields import load_fields
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import (
    Account,
    Brand,
    Collection,
    Invoice,
    Message,
    Payment,
    PaymentAttempt,
)
from tests.services.till import NOW, Shop
from tests.web.kit.counter import Counter

DUE = date(2026, 3, 16)
MORNING = datetime(2026, 3, 16, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-03-16T09:00+01:00")


def collect(shop: Shop, day: date = DUE, now: datetime = MORNING) -> None:
    collect_due(seller=shop.seller, today=day, now=now)


def keep(shop: Shop, does: str, last: str) -> Any:
    kept = KeptMethod(f"sbx.{does}.visa.{last}.203905", "visa", f"Visa •••• {last}")
    return keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW)


def test_the_customer_confirms_and_it_is_paid_once(shop: Shop) -> None:
    counter = Counter(shop)
    add_contact(account_id=shop.account.id, email="anna@example.com", now=NOW)
    method = keep(shop, "confirm", "3155")
    assert "3155" not in counter.see(), "whoever has a link sees no kept method"
    collect(shop)
    row = Collection.objects.get()
    assert (row.status, row.next_on) == ("action", date(2026, 3, 19))
    message = Message.objects.get(kind="payment_action")
    fields = load_fields(message, name="Anna", address="anna@example.com", now=MORNING)
    assert fields["attempt"]["method"] == "Visa •••• 3155"
    page = counter.see()
    assert "Your bank wants you to confirm this payment by Visa •••• 3155." in page
    sent = counter.hidden(page) | {"way": method.public_id}
    page = counter.follow(counter.client.post(counter.url, sent))
    attempt = PaymentAttempt.objects.latest("id")
    assert (attempt.status, attempt.is_automatic, attempt.method) == ("action", False, method)
    # While they are at their bank, nothing is charged behind their back.
    collect(shop, date(2026, 3, 19), MORNING + timedelta(days=3))
    assert PaymentAttempt.objects.count() == 2
    bank = f"/pay/{attempt.public_id}/bank/"
    assert bank in page
    counter.client.post(bank, {"answer": "yes"})
    row.refresh_from_db()
    assert (Payment.objects.get().amount_minor, row.status) == (11900, "done")
    assert Invoice.objects.get().status == "paid"


def test_a_failed_charge_is_told_with_the_day_of_the_next_try(shop: Shop) -> None:
    Counter(shop)
    add_contact(account_id=shop.account.id, email="anna@example.com", now=NOW)
    keep(shop, "insufficient_funds", "9995")
    collect(shop)
    message = Message.objects.get(kind="payment_failed")
    fields = load_fields(message, name="Anna", address="anna@example.com", now=MORNING)
    assert fields["attempt"]["retry_on"] == date(2026, 3, 31)
    assert fields["attempt"]["reason"] == "The bank says that there is not enough money."


def test_a_fee_is_shown_before_it_is_paid(shop: Shop) -> None:
    counter = Counter(shop)
    shop._product("fee", "standard")
    brand = Brand.objects.get()
    ways = {"sandbox:card": {"percent": "2"}}
    brand.data |= {"method_fees": {"product": "fee", "ways": ways}}
    brand.save()
    assert "Pay 119.00 €" in counter.see()
    Account.objects.filter(id=shop.account.id).update(tax_id="DE136695976")
    page = counter.see()
    assert "Pay 121.38 €" in page
    assert "Fee for this way to pay" in page
    assert "Show how to transfer 119.00 €" in page
    assert counter.pay().status_code == 409, "a fee that was not shown is not taken"
    counter.follow(counter.pay(fee="238"))
    assert Payment.objects.get().amount_minor == 12138
    assert sorted(Invoice.objects.values_list("total_minor", "status")) == [
        (238, "paid"),
        (11900, "paid"),
    ]
