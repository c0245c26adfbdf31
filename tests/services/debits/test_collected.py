"""Debits that the automatic collection begins: early enough to be there when they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime

from quarterday.services.collection.collect_account import collect_account
from quarterday.services.debits.return_debit import return_debit
from quarterday.services.debits.settle_debits import settle_debits
from quarterday.store.models import Collection, Debit, Invoice, Message, PaymentAttempt
from quarterday.store.queries.collecting import foresee
from tests.services.debits.desk import NOW, Desk
from tests.services.till import DAY, Shop


def collect(shop: Shop, day: date) -> list[PaymentAttempt]:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return collect_account(account_id=shop.account.id, today=day, now=now)


def test_a_debit_is_begun_before_it_is_due_and_tried_again_after_it_came_back(shop: Shop) -> None:
    shop.account.contacts.create(email="ada@example.com")
    desk = Desk(shop)
    desk.save()
    invoice = shop.invoice(10000)
    assert invoice.due_on == date(2026, 3, 16)
    (one,) = foresee(shop.account, DAY)
    assert one.charge_on == DAY
    (attempt,) = collect(shop, DAY)
    debit = Debit.objects.get(attempt=attempt)
    assert debit.collect_on == invoice.due_on
    assert collect(shop, DAY) == [], "it is on its way"
    assert Message.objects.filter(kind="debit_announced").count() == 1
    batch = desk.send(date(2026, 3, 12))
    assert batch.count == 1
    settle_debits(debits=[debit], received_on=date(2026, 3, 16), now=NOW)
    assert Invoice.objects.get().open_minor == 0
    return_debit(debit=debit, code="AM04", today=date(2026, 3, 18), now=NOW, key="line")
    row = Collection.objects.get()
    assert row.status == "waiting"
    assert row.next_on is not None
    (again,) = collect(shop, row.next_on)
    assert Debit.objects.get(attempt=again).sequence == ""
    assert Message.objects.filter(kind="debit_announced").count() == 2


def test_nothing_is_collected_before_it_is_due(shop: Shop) -> None:
    desk = Desk(shop, announce="invoice", lead_days="1")
    desk.save()
    invoice = shop.invoice(10000)
    assert collect(shop, date(2026, 3, 9)) == []
    (attempt,) = collect(shop, date(2026, 3, 10))
    attempt.refresh_from_db()
    assert Debit.objects.get().collect_on == invoice.due_on
    assert attempt.data["expected_on"] == "2026-03-16"
    assert not Message.objects.filter(kind="debit_announced").exists()
