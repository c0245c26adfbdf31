"""Two workers at the same instant: one attempt, one charge; and a death between any two steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from quarterday.services.collection import collect_account as module
from quarterday.services.collection.collect_account import collect_account
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Collection, Payment, PaymentAttempt
from tests.services.collection.collector import at, charged, collect, set_up
from tests.services.collection.scripted_gateway import Bank
from tests.services.till import DAY, NOW, Shop, together

DUE = DAY + timedelta(days=14)


def test_two_workers_make_one_attempt(open_shop: Shop) -> None:
    shop = set_up(open_shop)
    for _ in range(3):
        shop.invoice(10000)

    def work() -> Any:
        return collect_account(account_id=shop.account.id, today=DUE, now=at(DUE))

    done = together(work, work, work)
    made = [one for answers in done if isinstance(answers, list) for one in answers]
    assert (len(made), charged()) == (1, [3 * 11900])
    assert PaymentAttempt.objects.count() == Payment.objects.count() == 1
    assert set(Collection.objects.values_list("tries", "status")) == {(1, "done")}


def test_a_payer_and_a_worker_at_once_charge_once(open_shop: Shop) -> None:
    shop = set_up(open_shop)
    invoice = shop.invoice(10000)
    Bank.script["card"] = ["pending"]

    def work() -> Any:
        return collect_account(account_id=shop.account.id, today=DUE, now=at(DUE))

    def pay() -> Any:
        return start_attempt(
            account=shop.account,
            gateway="scripted",
            choice="card",
            amount_minor=11900,
            invoices=[invoice.public_id],
            now=NOW,
        )

    together(work, pay)
    assert PaymentAttempt.objects.count() == 1


class _Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_death_after_the_attempt_was_written(
    shop: Shop, is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the gateway was asked, or before its answer was written: it is looked up first."""
    set_up(shop).invoice(10000)
    ask = module.ask_again

    def die(attempt: PaymentAttempt, **terms: Any) -> PaymentAttempt:
        if is_asked:
            from quarterday.services.payments.make_intent import make_intent

            gateway, intent = make_intent(attempt, now=terms["now"])
            gateway.start(intent)
        raise _Killed

    monkeypatch.setattr(module, "ask_again", die)
    with pytest.raises(_Killed):
        collect(shop, DUE)
    monkeypatch.setattr(module, "ask_again", ask)
    # Too young: whoever wrote it may still be asking.
    PaymentAttempt.objects.update(created_at=at(DUE))
    collect(shop, DUE)
    assert PaymentAttempt.objects.count() == 1
    collect(shop, DUE, hour=8)
    collect(shop, DUE, hour=9)
    assert charged() == [11900]
    assert Payment.objects.count() == 1
    assert Collection.objects.get().status == "done"
