"""Which days stand on which invoice, and when it is issued and due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.store.models import BillingDue, CreditGrant, CreditNote, Invoice
from tests.services.bills import (
    NOW,
    START,
    bill,
    bills_of,
    day,
    make_account,
    make_plan,
    make_price,
    make_seller,
    make_tax,
    nets_of,
    prove,
    subscribe,
    totals_of,
    worth_of,
)

pytestmark = pytest.mark.django_db


def due_on(account_id: int) -> date | None:
    return BillingDue.objects.get(account_id=account_id).bill_on


def test_in_advance_with_lead_and_terms() -> None:
    plan = make_plan(make_seller(settings={"lead_days": 14, "terms_days": 30}))
    make_price(plan, "29.95")
    one = subscribe(plan, start_on=day(2, 1))
    assert due_on(one.account_id) == day(1, 18)
    bill(day(1, 17))
    assert bills_of(one.account_id) == []
    bill(day(1, 18), day(3, 1))
    assert bills_of(one.account_id) == [
        (day(1, 18), day(2, 17), 2995, (("recurring", day(2), day(3), 2995),)),
        (day(2, 15), day(3, 17), 2995, (("recurring", day(3), day(4), 2995),)),
    ]
    assert due_on(one.account_id) == day(3, 18)
    prove(again=day(3, 1))


def test_in_arrears_a_period_is_billed_on_its_morrow() -> None:
    plan = make_plan(make_seller(settings={"lead_days": 14}))
    make_price(plan, timing="arrears")
    one = subscribe(plan, start_on=day(1, 31))
    bill(START, day(3, 31))
    assert [(one.issued, one.lines[0][1:3]) for one in bills_of(one.account_id)] == [
        (day(2, 28), (day(1, 31), day(2, 28))),
        (day(3, 31), (day(2, 28), day(3, 31))),
    ]
    prove(again=day(3, 31))


def test_a_year_and_a_month_stand_together_where_they_fall_due_together() -> None:
    seller = make_seller()
    yearly, monthly = make_plan(seller, "domain", "1 year"), make_plan(seller, "web")
    make_price(yearly, "12")
    make_price(monthly, "5")
    account = make_account(seller)
    subscribe(yearly, account)
    subscribe(monthly, account)
    bill(START, day(1, 1, 2027))
    found = bills_of(account)
    assert [one.total for one in found] == [1700, *[500] * 11, 1700]
    assert [len(one.lines) for one in found] == [2, *[1] * 11, 2]
    prove(again=day(1, 1, 2027))


def test_other_terms_mean_another_invoice() -> None:
    seller = make_seller()
    plans = [
        make_plan(seller, "a"),
        make_plan(seller, "b", product_settings={"terms_days": 30}),
        make_plan(seller, "c", settings={"terms_days": 30}),
    ]
    account = make_account(seller)
    for plan in plans:
        make_price(plan)
        subscribe(plan, account)
    bill(START)
    assert [(one.due, len(one.lines)) for one in bills_of(account)] == [
        (day(1, 15), 1),
        (day(1, 31), 2),
    ]
    prove(again=START)


def test_apart_each_subscription_has_its_own_invoice_with_all_that_is_its_own() -> None:
    seller = make_seller(settings={"grouping": "separate"})
    plan = make_plan(seller)
    make_price(plan, setup_fee="3")
    account = make_account(seller)
    subscriptions = [subscribe(plan, account) for _ in range(2)]
    add_charge(
        account_id=account.id,
        product=plan.product,
        description="Domain",
        amount_minor=700,
        today=START,
        now=NOW,
        subscription_id=subscriptions[1].id,
    )
    bill(START)
    assert totals_of(account) == [1300, 2000]
    prove(again=START)


def test_a_billing_day_collects_what_begins_before_it_comes_again() -> None:
    seller = make_seller()
    ahead, behind = make_plan(seller, "ahead"), make_plan(seller, "behind")
    make_price(ahead)
    make_price(behind, timing="arrears")
    account = make_account(seller, settings={"billing_day": 5})
    subscribe(ahead, account, start_on=day(1, 10))
    subscribe(behind, account, start_on=day(1, 20))
    bill(START, day(4, 4))
    assert [(one.issued, [line[1] for line in one.lines]) for one in bills_of(account)] == [
        (day(1, 5), [day(1, 10)]),
        (day(2, 5), [day(2, 10)]),
        (day(3, 5), [day(3, 10), day(1, 20)]),
    ]
    prove(again=day(4, 4))


def test_a_billing_day_that_was_missed_is_caught_up() -> None:
    seller = make_seller()
    plan = make_plan(seller)
    make_price(plan)
    account = make_account(seller, settings={"billing_day": 31})
    subscribe(plan, account, start_on=day(1, 15))
    bill(day(3, 30))
    (one,) = bills_of(account)
    assert [line[1:3] for line in one.lines] == [
        (day(1, 15), day(2, 15)),
        (day(2, 15), day(3, 15)),
        (day(3, 15), day(4, 15)),
    ]
    assert due_on(account.id) == day(3, 31)
    prove(again=day(3, 30))


def test_a_trial_is_free_and_its_end_begins_the_periods() -> None:
    plan = make_plan(make_seller(), trial_days=14)
    make_price(plan, "31", setup_fee="5")
    one = subscribe(plan)
    bill(START, day(2, 14))
    assert bills_of(one.account_id) == [
        (
            day(1, 15),
            day(1, 29),
            3600,
            (("recurring", day(1, 15), day(2, 15), 3100), ("setup", START, START, 500)),
        )
    ]
    prove(again=day(2, 14))


def test_an_addon_is_prorated_to_the_boundary_and_then_shares_it() -> None:
    seller = make_seller()
    plan, extra = make_plan(seller), make_plan(seller, "extra")
    make_price(plan, "10")
    price = make_price(extra, "6.20", setup_fee="1")
    one = subscribe(plan)
    bill(START, day(1, 16))
    add_addon(subscription_id=one.id, price=price, today=day(1, 17), now=NOW)
    bill(day(1, 17), day(2, 1))
    assert totals_of(one.account_id) == [1000, 300 + 100, 1620]
    prove(again=day(2, 1))


def test_unused_time_is_taken_off_the_next_invoice() -> None:
    seller = make_seller()
    small, large = make_plan(seller, "small"), make_plan(seller, "large")
    make_price(small, "31")
    make_price(large, "62")
    one = subscribe(small)
    bill(START, day(1, 10))
    change_plan(subscription_id=one.id, plan=large, today=day(1, 11), now=NOW)
    bill(day(1, 11))
    (_, second) = bills_of(one.account_id)
    assert second.lines == (
        ("recurring", day(1, 11), day(2), 4200),
        ("unused", day(1, 11), day(2), -2100),
    )
    prove(again=day(1, 11))


@pytest.mark.parametrize("level", ["contract", "plan", "product"])
def test_unused_time_keeps_the_terms_of_its_contract(level: str) -> None:
    seller, terms = make_seller(), {"terms_days": 30, "grouping": "separate"}
    given = {"plan": {"settings": terms}, "product": {"product_settings": terms}}.get(level, {})
    small, large = (make_plan(seller, code, **given) for code in ("small", "large"))
    make_price(small, "31")
    make_price(large, "62")
    one = subscribe(small, settings=terms if level == "contract" else {})
    bill(START, day(1, 10))
    change_plan(subscription_id=one.id, plan=large, today=day(1, 11), now=NOW)
    bill(day(1, 11))
    assert [(one.due, one.total) for one in bills_of(one.account_id)] == [
        (day(1, 31), 3100),
        (day(2, 10), 2100),
    ]
    assert not CreditNote.objects.exists()
    prove(again=day(1, 11))


def test_credits_beyond_the_charges_become_a_credit_note_that_settles_them() -> None:
    seller = make_seller()
    make_tax(seller, "20")
    small, large = make_plan(seller, "small"), make_plan(seller, "large")
    make_price(small, "3.10")
    make_price(large, "310")
    one = subscribe(large)
    bill(START)
    change_plan(subscription_id=one.id, plan=small, today=day(1, 2), now=NOW)
    bill(day(1, 2))
    note = CreditNote.objects.get()
    assert (note.net_minor, note.tax_minor, note.total_minor) == (30000, 6000, 36000)
    grant = CreditGrant.objects.get()
    assert (grant.kind, grant.amount_minor, grant.open_minor) == ("credit_note", 36000, 35640)
    invoice = Invoice.objects.order_by("id").last()
    assert invoice is not None
    assert (invoice.total_minor, invoice.open_minor, invoice.status) == (360, 0, "paid")
    bill(day(2, 1))
    grant.refresh_from_db()
    assert grant.open_minor == 35640 - 372
    prove(again=day(2, 1))


def test_a_contract_that_is_cancelled_gets_the_rest_back_as_credit() -> None:
    plan = make_plan(make_seller())
    make_price(plan, "31")
    one = subscribe(plan)
    bill(START)
    cancel_subscription(subscription_id=one.id, today=day(1, 11), now=NOW)
    bill(day(1, 11), day(3, 1))
    assert totals_of(one.account_id) == [3100]
    assert worth_of(one.account_id) == 1000
    assert due_on(one.account_id) is None
    prove(again=day(3, 1))


@pytest.mark.parametrize("timing", ["advance", "arrears"])
@pytest.mark.parametrize("settings", [{}, {"lead_days": 20}, {"billing_day": 17}])
def test_catching_up_makes_one_invoice_with_the_same_lines(
    timing: str, settings: dict[str, Any]
) -> None:
    seller = make_seller(settings=settings)
    make_tax(seller, "20", valid_end=day(3, 10))
    make_tax(seller, "10", valid_from=day(3, 10))
    plan, weekly = make_plan(seller), make_plan(seller, "weekly", "1 week")
    make_price(plan, "29.95", timing=timing, setup_fee="9")
    make_price(weekly, "3.33", timing=timing)
    daily, late = make_account(seller), make_account(seller)
    for account in (daily, late):
        for one in (plan, weekly):
            subscribe(one, account, start_on=day(1, 31))
    bill(START, day(5, 20), accounts=[daily.id])
    bill(day(5, 20), accounts=[late.id])
    each, (once,) = bills_of(daily), bills_of(late)
    assert len(each) > 3
    lines = sorted(line for one in each for line in one.lines)
    assert sorted(once.lines) == lines
    assert abs(sum(totals_of(daily)) - once.total) <= len(each)
    prove(again=day(5, 20))


def test_a_run_is_limited_to_accounts_and_to_sellers() -> None:
    plans = [make_plan(make_seller()) for _ in range(2)]
    for plan in plans:
        make_price(plan)
    subscriptions = [subscribe(plan) for plan in plans for _ in range(2)]
    accounts = [one.account_id for one in subscriptions]
    sellers = [plan.product.seller_id for plan in plans]

    def billed() -> list[bool]:
        return [bool(bills_of(account)) for account in accounts]

    assert bill(START, accounts=[]).accounts == 0
    assert bill(START, accounts=[accounts[1]], sellers=[sellers[1]]).accounts == 0
    bill(START, accounts=[accounts[1]])
    assert billed() == [False, True, False, False]
    bill(START, sellers=[sellers[1]])
    assert billed() == [False, True, True, True]
    bill(START)
    assert all(billed())
    prove(again=START)


def test_a_limited_run_leaves_states_and_credit_of_others_alone() -> None:
    from quarterday.services.credit.grant_credit import grant_credit

    plan = make_plan(make_seller())
    make_price(plan)
    mine, other = (subscribe(plan, start_on=day(2, 1)) for _ in range(2))
    for one in (mine, other):
        grant_credit(
            account=one.account,
            kind="goodwill",
            amount_minor=5,
            today=START,
            now=NOW,
            expires_on=day(1, 20),
        )
    bill(day(2, 1), accounts=[mine.account_id])
    for one in (mine, other):
        one.refresh_from_db()
    assert (mine.status, other.status) == ("active", "pending")
    opened = {one.account_id: one.open_minor for one in CreditGrant.objects.all()}
    assert opened == {mine.account_id: 0, other.account_id: 5}
    prove()


def test_batches_bill_everybody_and_number_without_gap() -> None:
    plan = make_plan(make_seller())
    make_price(plan)
    subscriptions = [subscribe(plan, start_on=START + timedelta(days=n % 3)) for n in range(7)]
    told: list[int] = []
    bill(day(1, 3), batch=2, progress=lambda _, count: told.append(count))
    assert told == [2, 2, 2, 1]
    assert all(nets_of(one, "recurring") == [1000] for one in subscriptions)
    numbers = list(Invoice.objects.order_by("id").values_list("number", flat=True))
    assert numbers == list(range(1, 8))
    prove(again=day(1, 3))
