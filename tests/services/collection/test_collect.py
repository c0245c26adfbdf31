"""What is due is charged by itself: once, on its day, and again as the decline asks for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.accounts.change_account import change_account
from quarterday.services.collection.resume_collection import resume_collection
from quarterday.services.collection.stop_collection import stop_collection
from quarterday.services.payments.choose_method import choose_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Collection, Invoice, Message, PaymentAttempt, PaymentMethod
from quarterday.store.queries.collecting import Block, foresee
from tests.services.collection.collector import charged, collect, keep, row_of, set_up, state
from tests.services.collection.scripted_gateway import Bank
from tests.services.till import DAY, NOW, Shop

DUE = DAY + timedelta(days=14)
DAY_AFTER = timedelta(days=1)


def tries(invoice: Invoice) -> list[tuple[str, str]]:
    """The days and methods that were tried."""
    names = dict(PaymentMethod.objects.values_list("public_id", "token"))
    return [(one["on"][5:], names[one["method"]]) for one in row_of(invoice).data.get("tries", [])]


def live_on(shop: Shop, days: int, start: date = DUE) -> None:
    """Collect every day for some time."""
    for number in range(days):
        collect(shop, start + number * DAY_AFTER)


def test_an_invoice_is_charged_on_its_due_date_and_once(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    collect(shop, DUE - DAY_AFTER)
    assert charged() == []
    assert (collect(shop, DUE).paid, collect(shop, DUE).paid) == (1, 0)
    invoice.refresh_from_db()
    assert (charged(), invoice.status, state(invoice)) == ([11900], "paid", ("done", None))
    attempt = PaymentAttempt.objects.get()
    assert (attempt.is_automatic, attempt.choice) == (True, "card")
    assert Message.objects.filter(kind="receipt").count() == 0  # nobody to write to


def test_days_before_and_missed_days(shop: Shop) -> None:
    set_up(shop)
    change_account(account_id=shop.account.id, settings={"collect_days_before": 5}, now=NOW)
    shop.invoice(10000)
    collect(shop, DUE - 6 * DAY_AFTER)
    assert charged() == []
    collect(shop, DUE - 3 * DAY_AFTER)
    assert charged() == [11900]


# What a decline leads to: the days on which it was tried in two months, and how it ends.
SCHEDULES = {
    "refused": (["03-16", "03-19", "03-24", "03-31"], "exhausted"),
    "limit": (["03-16", "03-19", "03-24", "03-31"], "exhausted"),
    # Until money comes: the last working day, then the 1st is too soon after it, then the 15th.
    "insufficient_funds": (["03-16", "03-31", "04-15", "04-30"], "exhausted"),
    "not_authenticated": (["03-16", "03-19", "03-26"], "exhausted"),
    "cancelled": (["03-16", "03-19", "03-24", "03-31"], "exhausted"),
    "expired": (["03-16"], "exhausted"),
    "wrong_details": (["03-16"], "exhausted"),
    "lost_or_stolen": (["03-16"], "exhausted"),
    "method_revoked": (["03-16"], "exhausted"),
    "refused!": (["03-16"], "exhausted"),
}


@pytest.mark.parametrize("code", SCHEDULES)
def test_the_table_of_declines(shop: Shop, code: str) -> None:
    invoice = set_up(shop).invoice(10000)
    Bank.script["card"] = [code] * 30
    live_on(shop, 60)
    days, status = SCHEDULES[code]
    assert [day for day, _ in tries(invoice)] == days
    assert (state(invoice), len(Bank.asked)) == ((status, None), len(days))
    assert PaymentAttempt.objects.filter(is_automatic=True).count() == len(days)


def test_a_service_that_is_down_is_tried_soon_and_not_counted(shop: Shop) -> None:
    invoice = set_up(shop, most_tries=1).invoice(10000)
    Bank.script["card"] = ["unavailable", "not_received", "unavailable"]
    for hour in (7, 8, 10, 20):
        collect(shop, DUE, hour)
    assert (charged(), state(invoice)) == ([11900], ("done", None))
    assert PaymentAttempt.objects.count() == 4
    assert Message.objects.count() == 0


@pytest.mark.parametrize("is_stolen", [True, False])
def test_another_kept_method_takes_over_after_a_hard_decline(shop: Shop, is_stolen: bool) -> None:
    invoice = set_up(shop, "card", "spare").invoice(10000)
    Bank.script["card"] = ["lost_or_stolen" if is_stolen else "refused"] * 2
    collect(shop, DUE)
    assert charged() == ([11900] if is_stolen else [])
    assert tries(invoice) == [("03-16", "card")]
    if is_stolen:
        # It is not tried for the next invoice either.
        shop.invoice(100, on=DUE)
        live_on(shop, 20)
        assert Bank.charges == [("spare", 11900), ("spare", 119)]
        assert len(Bank.asked) == 3


def test_without_falling_back_the_spare_one_is_left_alone(shop: Shop) -> None:
    invoice = set_up(shop, "card", "spare", falls_back=False).invoice(10000)
    Bank.script["card"] = ["lost_or_stolen"]
    live_on(shop, 20)
    assert (charged(), state(invoice)) == ([], ("exhausted", None))
    spare = PaymentMethod.objects.get(token="spare")
    choose_method(method=spare, now=NOW)
    collect(shop, DUE + 20 * DAY_AFTER)
    assert Bank.charges == [("spare", 11900)]


def test_a_new_method_is_tried_at_once(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    Bank.script["card"] = ["refused"] * 9
    live_on(shop, 30)
    assert state(invoice) == ("exhausted", None)
    keep(shop.account, "new")
    collect(shop, DUE + 31 * DAY_AFTER)
    assert state(invoice)[0] == "waiting"  # the old one is still in use, and was tried first
    choose_method(method=PaymentMethod.objects.get(token="new"), now=NOW)
    collect(shop, DUE + 32 * DAY_AFTER)
    assert Bank.charges == [("new", 11900)]


def test_expired_cards_are_not_even_tried(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    remove_method(method=PaymentMethod.objects.get(), now=NOW)
    keep(shop.account, "old", expires_on=date(2026, 3, 10))
    live_on(shop, 3)
    assert (Bank.asked, Collection.objects.count()) == ([], 0)
    (one,) = foresee(shop.account, DUE)
    assert (one.invoice, one.plan.reason) == (invoice, "no_method")


def test_several_invoices_are_one_charge_unless_each_stands_alone(shop: Shop) -> None:
    set_up(shop)
    first, second = shop.invoice(10000), shop.invoice(5000)
    collect(shop, DUE)
    assert charged() == [11900 + 5950]
    assert PaymentAttempt.objects.get().invoices == [first.public_id, second.public_id]


def test_each_alone(shop: Shop) -> None:
    set_up(shop, together=False)
    invoices = [shop.invoice(10000), shop.invoice(5000)]
    Bank.script["card"] = ["insufficient_funds"]
    collect(shop, DUE)
    assert charged() == [5950]
    assert [state(one)[0] for one in invoices] == ["waiting", "done"]


def test_what_is_too_small_waits_for_more(shop: Shop) -> None:
    set_up(shop, least={"EUR": 500})
    shop.invoice(100)
    collect(shop, DUE)
    assert (charged(), Block.LEAST) == ([], "below_least")
    shop.invoice(1000)
    collect(shop, DUE + DAY_AFTER)
    assert charged() == [119 + 1190]


def test_nothing_is_taken_where_it_must_not_be(shop: Shop) -> None:
    """Switched off, stopped, promised, on its way, being confirmed, or paid otherwise."""
    set_up(shop)
    invoice = shop.invoice(10000)

    def block(day: date = DUE) -> Any:
        collect(shop, day)
        (one,) = foresee(shop.account, day)
        return one.block

    change_account(account_id=shop.account.id, settings={"autopay": False}, now=NOW)
    shop.account.refresh_from_db()
    assert block() == Block.OFF
    change_account(account_id=shop.account.id, settings={}, now=NOW)
    shop.account.refresh_from_db()
    stop_collection(invoice=invoice, reason="They called.", today=DUE, now=NOW)
    assert block() == Block.STOPPED
    resume_collection(invoice=invoice, today=DUE, now=NOW)
    attempt = start_attempt(
        account=shop.account,
        gateway="scripted",
        choice="card",
        amount_minor=5000,
        invoices=[invoice.public_id],
        now=NOW,
    )
    assert block() == Block.COMING
    PaymentAttempt.objects.filter(id=attempt.id).update(status="action")
    assert block() == Block.PAYER
    PaymentAttempt.objects.filter(id=attempt.id).update(status="pending", is_promise=True)
    assert block() == Block.PROMISED
    PaymentAttempt.objects.filter(id=attempt.id).update(status="cancelled")
    shop.pay(11900, on=DUE)
    collect(shop, DUE + DAY_AFTER)
    assert (Bank.asked, state(invoice)) == ([], ("done", None))


def test_the_rest_of_a_part_payment_is_charged(shop: Shop) -> None:
    set_up(shop).invoice(10000)
    shop.pay(1900)
    collect(shop, DUE)
    assert charged() == [10000]


def test_an_answer_that_was_lost_is_looked_up_before_anything_else(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    Bank.script["card"] = ["lost", "refused"]
    assert collect(shop, DUE).waiting == 1
    assert state(invoice)[0] == "charging"
    collect(shop, DUE + DAY_AFTER)
    assert (charged(), state(invoice), len(Bank.asked)) == ([11900], ("done", None), 1)


def test_a_question_that_was_lost_is_asked_anew(shop: Shop) -> None:
    set_up(shop).invoice(10000)
    Bank.script["card"] = ["down"]
    collect(shop, DUE)
    collect(shop, DUE, hour=9)
    collect(shop, DUE, hour=10)
    assert (charged(), PaymentAttempt.objects.count()) == ([11900], 2)


def test_a_debit_that_is_on_its_way_blocks_until_it_fails(shop: Shop) -> None:
    from quarterday.ports.outcomes import DeclineCode, Declined
    from quarterday.services.payments.finish_attempt import finish_attempt

    invoice = set_up(shop).invoice(10000)
    Bank.script["card"] = ["pending"]
    live_on(shop, 5)
    assert (state(invoice)[0], len(Bank.asked)) == ("charging", 1)
    finish_attempt(
        attempt=PaymentAttempt.objects.get(),
        outcome=Declined(DeclineCode.INSUFFICIENT_FUNDS, "ref"),
        today=DUE + 5 * DAY_AFTER,
        now=NOW,
    )
    assert state(invoice) == ("waiting", "2026-03-31")


def test_money_that_a_bank_took_back_is_collected_by_the_same_plan(shop: Shop) -> None:
    from quarterday.services.payments.refund_payment import refund_payment
    from quarterday.store.models import Payment

    invoice = set_up(shop).invoice(10000)
    collect(shop, DUE)
    refund_payment(
        payment=Payment.objects.get(), amount_minor=11900, today=DUE, now=NOW, reopen=True
    )
    live_on(shop, 3)
    assert charged() == [11900]
    (one,) = foresee(shop.account, DUE)
    assert one.block == Block.REOPENED
    invoice.refresh_from_db()
    attempt = PaymentAttempt.objects.get()
    resume_collection(
        invoice=invoice, today=DUE, now=NOW, code="insufficient_funds", attempt=attempt
    )
    assert state(invoice) == ("waiting", "2026-03-31")


def test_queries_do_not_grow_with_invoices(shop: Shop) -> None:
    set_up(shop)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            foresee(shop.account, DUE)
        return len(found)

    shop.invoice(100)
    few = count()
    for _ in range(5):
        shop.invoice(100)
    assert count() == few <= 8
