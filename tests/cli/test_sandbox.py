"""What the sandbox is made to say from the command line, on the way of every gateway's events."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import Shop

# Pays the oldest invoice of A1 with a card whose refunds take days, and keeps the card.
PAY = """
import django; django.setup()
from datetime import UTC, date, datetime
from quarterday.ports.gateway import ask
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.make_intent import make_intent
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Account, Invoice
account = Account.objects.get(external_id="A1")
invoice = Invoice.objects.filter(account=account, status="open").order_by("id")[0]
now = datetime(2026, 1, 20, 12, tzinfo=UTC)
attempt = start_attempt(account=account, gateway="sandbox", choice="card", data={"save": True},
    amount_minor=invoice.open_minor, invoices=[invoice.public_id], now=now)
typed = {"number": "4000000000007726", "expiry": "05/39", "code": "123"}
gateway, intent = make_intent(attempt, now=now, fields=typed)
finish_attempt(attempt=attempt, outcome=ask(gateway.start, intent), today=now.date(), now=now)
print(attempt.public_id)
"""


@pytest.fixture
def attempt(shop: Shop) -> str:
    code = shop.data("sellers list")[0]["code"]
    shop(f"sellers brand {code} --set gateways.sandbox.is_enabled=true")
    shop("run --on 2026-01-15", status=4)
    environment = os.environ | {"QUARTERDAY_DATABASE_URL": shop.url}
    environment["DJANGO_SETTINGS_MODULE"] = "quarterday.project.settings"
    made = subprocess.run(
        [sys.executable, "-c", PAY], env=environment, check=True, capture_output=True, text=True
    )
    return made.stdout.strip()


def test_a_payment_is_disputed_won_and_paid_out(shop: Shop, attempt: str) -> None:
    (paid,) = shop.data("payments list")
    opened = shop.data(f"sandbox dispute {attempt} --fee 15.00 --reason fraudulent")
    assert (opened["state"], opened["status"]) == ("opened", "processed")
    # The money is out of the book, and the invoice is owed again.
    assert shop.data("invoices list --account A1")[0]["status"] == "open"
    assert shop("check")
    shop(f"sandbox dispute {attempt} --won")
    assert shop.data("invoices list --account A1")[0]["status"] == "paid"
    said = shop.data("sandbox payout --fee-permille 14")
    assert said["parts"] == 3
    fee = round(float(paid["amount"]) * 0.014, 2)
    assert float(said["net"]) == pytest.approx(float(paid["amount"]) - fee - 15)
    assert "nothing in EUR waits" in shop.refuses("sandbox payout")
    assert shop("check")


def test_a_refund_that_takes_days_arrives_or_not(shop: Shop, attempt: str) -> None:
    (paid,) = shop.data("payments list")
    for option, status in (("--failed", "failed"), ("", "succeeded")):
        made = shop.data(f"refunds make {paid['id']} --amount 5.00 --reopen --reason test")
        assert made["status"] == "pending"
        shop(f"sandbox refund {made['id']} {option}")
        assert shop.data(f"refunds show {made['id']}")["status"] == status
    assert shop("check")


def test_a_kept_card_is_renewed_and_ended(shop: Shop, attempt: str) -> None:
    (kept,) = shop.data("payments methods A1")
    renewed = shop.data(f"sandbox renew {kept['id']}")
    assert renewed["expires_on"] == "2043-05-31"
    assert shop.data("payments methods A1")[0]["expires_on"] == "2043-05-31"
    shop(f"sandbox revoke {kept['id']}")
    assert shop.data("payments methods A1") == []
    assert "keeps no method" in shop.refuses(f"sandbox revoke {kept['id']}")


def test_what_is_not_there_cannot_be_taken_back(shop: Shop) -> None:
    assert "no payment 'att_x'" in shop.refuses("sandbox dispute att_x")
    assert "no refund 'rat_x'" in shop.refuses("sandbox refund rat_x")
