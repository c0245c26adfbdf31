"""What would keep the next payment from working is told once, and in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from quarterday.jobs.remind_payers import RemindPayers
from quarterday.ports.job import list_jobs
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Brand, Message, PaymentMethod
from tests.services.till import DAY, NOW, Shop


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", NOW.isoformat())


def keep(shop: Shop, expires_on: date, token: str = "a") -> PaymentMethod:
    kept = KeptMethod(token, "visa", "Visa •••• 4242", expires_on)
    shop.account.contacts.get_or_create(email="anna@example.com")
    return keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW)


def told(kind: str) -> list[str]:
    RemindPayers().run()
    RemindPayers().run()
    return list(Message.objects.filter(kind=kind).values_list("subject", flat=True))


def test_a_card_that_expires_soon_is_told_once(shop: Shop) -> None:
    method = keep(shop, DAY + timedelta(days=30))
    keep(shop, DAY + timedelta(days=3), "not the default")
    assert told("card_expiring") == [method.public_id]


@pytest.mark.parametrize("days", [-1, 31])
def test_cards_of_the_past_and_of_later_are_not(shop: Shop, days: int) -> None:
    keep(shop, DAY + timedelta(days=days))
    assert told("card_expiring") == []


def test_credit_that_runs_low_is_told_once_for_each_time_it_was_added(shop: Shop) -> None:
    funds: dict[str, Any] = {"add_funds": {"EUR": {"low_minor": 1000}}}
    Brand.objects.create(seller=shop.seller, data=funds)
    shop.account.contacts.create(email="anna@example.com")
    shop.pay(5000)
    assert told("credit_low") == []
    shop.invoice(4000)
    assert told("credit_low") == [shop.account.public_id]
    shop.pay(5000)
    shop.invoice(4000)
    assert told("credit_low") == [shop.account.public_id] * 2


def test_nobody_is_told_where_the_seller_set_no_mark(shop: Shop) -> None:
    shop.account.contacts.create(email="anna@example.com")
    shop.pay(500)
    assert told("credit_low") == []


def test_the_scheduler_finds_the_jobs() -> None:
    assert {"look_up_attempts", "close_promises", "remind_payers"} <= list_jobs().keys()
