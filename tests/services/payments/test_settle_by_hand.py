"""Attempts that people bring to an end: a transfer that the bank shows, a test that may go on."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterday.cli.app import app
from quarterday.ports.outcomes import Pending
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Payment, PaymentAttempt
from tests.services.payments.test_attempts import set_up
from tests.services.till import DAY, NOW, Shop


def begin(shop: Shop, gateway: str, choice: str, reference: str) -> PaymentAttempt:
    invoice = shop.invoice(10000)
    attempt = start_attempt(
        account=shop.account,
        gateway=gateway,
        choice=choice,
        amount_minor=11900,
        invoices=[invoice.public_id],
        now=NOW,
    )
    return finish_attempt(attempt=attempt, outcome=Pending(reference), today=DAY, now=NOW)


def run(*arguments: str, status: int = 0) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == status, done.output
    return json.loads(done.stdout) if not status else done.output


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def test_a_transfer_that_the_bank_shows(shop: Shop) -> None:
    attempt = begin(set_up(shop), "bank_transfer", "transfer", "RF18539007547034")
    said = run("payments", "settle", attempt.public_id, "--received-on", "2026-03-01")
    payment = Payment.objects.get()
    assert (said["status"], said["payment"]) == ("succeeded", payment.public_id)
    assert (payment.received_on, payment.reference) == (date(2026, 3, 1), "RF18539007547034")
    assert "settled already" in run("payments", "settle", attempt.public_id, status=5)


def test_a_transfer_of_another_amount(shop: Shop) -> None:
    attempt = begin(set_up(shop), "bank_transfer", "transfer", "RF18539007547034")
    run("payments", "settle", attempt.public_id, "--amount", "100.00")
    assert Payment.objects.get().amount_minor == 10000
    assert shop.account.invoices.get().open_minor == 1900


@pytest.mark.parametrize(("does", "status"), [("debit", "succeeded"), ("debit_refused", "failed")])
def test_days_pass_for_test_debits(shop: Shop, does: str, status: str) -> None:
    begin(set_up(shop), "sandbox", "sepa_debit", f"sbx.{does}.sepa_debit.3000..att")
    assert [one["status"] for one in run("payments", "settle-sandbox")] == [status]
    assert run("payments", "settle-sandbox") == []
    assert len(run("payments", "attempts")) == 1
    assert run("payments", "attempts", "--open") == []
