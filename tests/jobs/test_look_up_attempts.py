"""Payments whose answer was lost are looked up, and come to an end once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from quarterday.jobs.look_up_attempts import ClosePromises, LookUpAttempts
from quarterday.ports.outcomes import Redirect, Unknown
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Brand, Invoice, Payment, PaymentAttempt
from quarterday.store.queries.open_attempts import is_to_look_up
from tests.services.till import DAY, NOW, Shop

SILENT = "sbx.silent.visa.0119.203905.att"


def begin(shop: Shop, invoice: Invoice, now: datetime = NOW, **terms: Any) -> PaymentAttempt:
    given = {"gateway": "sandbox", "choice": "card", "amount_minor": 11900} | terms
    Brand.objects.get_or_create(
        seller=shop.seller,
        defaults={
            "data": {
                "gateways": {"sandbox": {"is_enabled": True}},
                "iban": "DE89370400440532013000",
            }
        },
    )
    return start_attempt(account=shop.account, invoices=[invoice.public_id], now=now, **given)


def end(attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    return finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=NOW)


@pytest.fixture
def _at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", (NOW + timedelta(minutes=10)).isoformat())


@pytest.mark.usefixtures("_at")
def test_a_lost_answer_is_found_and_counts_once(shop: Shop) -> None:
    attempt = end(begin(shop, shop.invoice(10000)), Unknown("timeout", SILENT))
    assert LookUpAttempts().run() == {"succeeded": 1}
    assert LookUpAttempts().run() == {}
    attempt.refresh_from_db()
    assert (attempt.status, Payment.objects.get().amount_minor) == ("succeeded", 11900)


@pytest.mark.usefixtures("_at")
def test_one_that_never_left_the_house_fails(shop: Shop) -> None:
    """The process was killed after the intent was written, and before the gateway was asked."""
    invoice = shop.invoice(10000)
    attempt = begin(shop, invoice)
    assert LookUpAttempts().run() == {"failed": 1}
    attempt.refresh_from_db()
    assert (attempt.status, attempt.error) == ("failed", "not_received")
    assert begin(shop, invoice).status == "created"


def test_a_payer_who_never_came_back_is_given_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = "sbx.confirm.visa.3155.203905.att"
    attempt = end(begin(shop, shop.invoice(10000)), Redirect("https://bank.example", reference))
    monkeypatch.setenv("QUARTERDAY_NOW", (NOW + timedelta(hours=25)).isoformat())
    assert LookUpAttempts().run() == {"cancelled": 1}
    attempt.refresh_from_db()
    assert attempt.status == "cancelled"


@pytest.mark.usefixtures("_at")
def test_a_gateway_that_is_gone_keeps_nobody_else_waiting(shop: Shop) -> None:
    lost = end(begin(shop, shop.invoice(10000)), Unknown("timeout", SILENT))
    PaymentAttempt.objects.filter(id=lost.id).update(gateway="uninstalled")
    end(begin(shop, shop.invoice(10000)), Unknown("timeout", SILENT))
    assert LookUpAttempts().run() == {"succeeded": 1, "unavailable": 1}
    lost.refresh_from_db()
    assert lost.status == "unknown"


@pytest.mark.usefixtures("_at")
def test_a_promise_ends_when_its_invoice_is_paid(shop: Shop) -> None:
    first, second = shop.invoice(10000), shop.invoice(10000)
    for invoice in (first, second):
        begin(shop, invoice, gateway="bank_transfer", choice="transfer")
    PaymentAttempt.objects.update(status="pending")
    assert LookUpAttempts().run() == ClosePromises().run() == {}
    shop.pay(11900, invoices=[first])
    assert ClosePromises().run() == {"closed": 1}
    assert set(PaymentAttempt.objects.values_list("status", flat=True)) == {"cancelled", "pending"}


def test_gateways_are_asked_often_at_first_and_rarely_later() -> None:
    attempt = PaymentAttempt(status="unknown", created_at=NOW)
    every = timedelta(minutes=2)
    asked = [
        minute
        for minute in range(0, 60 * 24, 2)
        if is_to_look_up(attempt, NOW + timedelta(minutes=minute), every)
    ]
    assert len([minute for minute in asked if minute < 60]) == 28
    assert len([minute for minute in asked if minute >= 60]) == 23
