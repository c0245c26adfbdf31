"""At the same time: workers with each other, and with whoever pays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quarterday.services.dunning.hold_dunning import hold_dunning
from quarterday.services.dunning.take_due import take_due
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Dunning, DunningHold, DunningStep, Invoice, Message, Task
from tests.services.dunning.debtor import DUE, Debtor, at, held, read, row_of
from tests.services.till import Shop, together

DAY = DUE + timedelta(days=5)


def test_workers_take_each_step_once(open_shop: Shop) -> None:
    debtor = Debtor(open_shop)
    debtor.subscribe()
    open_shop.bill()
    debtor.look(3)

    def work() -> Any:
        return take_due(seller=debtor.seller, today=DAY, now=at(DAY)).actions

    done = together(work, work, work)
    assert [one for one in done if one] == [{"suspend": 1}]
    assert (Message.objects.filter(kind="suspended").count(), len(held())) == (1, 1)
    assert DunningStep.objects.filter(step="suspend").count() == Dunning.objects.count() == 1


def test_whoever_pays_while_it_runs_is_not_left_suspended(open_shop: Shop) -> None:
    debtor = Debtor(open_shop)
    for place in range(6):
        account = open_shop.open_account(f"B{place}")
        debtor.subscribe(f"S{place}", account=account)
        read(account)
    open_shop.bill()
    rows = Invoice.objects.select_related("account").order_by("account__external_id")
    invoices = list(rows)
    debtor.look(3)

    def work() -> Any:
        return take_due(seller=debtor.seller, today=DAY, now=at(DAY))

    def pay() -> Any:
        for one in invoices[::2]:
            open_shop.pay(one.open_minor, on=DAY, account=one.account)

    together(work, pay)
    assert sorted(name for name, _ in held()) == ["S1", "S3", "S5"]
    assert {row_of(one).status for one in invoices[::2]} == {"ended"}
    assert {row_of(one).status for one in invoices[1::2]} == {"running"}


def test_the_same_task_and_hold_at_once_are_one(open_shop: Shop) -> None:
    def ask() -> Any:
        return open_task(
            seller=open_shop.seller, key="one", kind="dunning", title="Once", now=at(DAY)
        )

    def hold() -> Any:
        return hold_dunning(account=open_shop.account, until=DAY, now=at(DAY))

    together(ask, hold, ask, hold, ask, hold)
    assert Task.objects.count() == DunningHold.objects.filter(ended_at=None).count() == 1
