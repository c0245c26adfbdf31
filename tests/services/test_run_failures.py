"""An account that cannot be billed is skipped and said why; it stops nobody and loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from quarterday.services.bench.make_accounts import make_accounts
from quarterday.services.invoicing.run_billing import BATCH, run_billing
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.store.models import (
    Account,
    BillingDue,
    BillingProblem,
    Invoice,
    NumberSeries,
    PendingCharge,
    Plan,
    Subscription,
)
from tests.services.bills import (
    NOW,
    START,
    bill,
    bills_of,
    day,
    make_account,
    make_discount,
    make_meter,
    make_plan,
    make_price,
    make_seller,
    make_tax,
    prove,
    subscribe,
    totals_of,
    use,
)

if TYPE_CHECKING:
    from tests.services.till import Shop

Statement = Callable[..., Any]


def make_three(plan: Plan, **middle: Any) -> list[Subscription]:
    """Three subscriptions; the details are those of the second account."""
    seller = plan.product.seller
    return [subscribe(plan, make_account(seller, **one)) for one in ({}, middle, {})]


def reasons(first: date, last: date | None = None, **terms: Any) -> list[str]:
    summary = run_billing(first=first, last=last or first, now=NOW, **terms)
    return [one.reason for one in summary.skipped]


def billed(subscriptions: list[Subscription]) -> list[int]:
    return [len(bills_of(one.account_id)) for one in subscriptions]


@pytest.mark.django_db
def test_a_missing_tax_rate_is_named_noted_and_repaired() -> None:
    seller = make_seller(country="CA", currency="CAD")
    make_tax(seller, "5", "gst", region="QC")
    plan = make_plan(seller)
    make_price(plan, "10")
    three = [subscribe(plan, make_account(seller, region=region)) for region in ("QC", "ON", "QC")]
    (reason,) = reasons(START, day(1, 3))
    assert "no tax rate of class 'standard' holds in CA-ON on 2026-01-01" in reason
    assert billed(three) == [1, 0, 1]
    problem = BillingProblem.objects.get()
    assert (problem.account_id, problem.reason) == (three[1].account_id, reason)
    assert (problem.first_on, problem.last_on) == (START, day(1, 3))
    assert BillingDue.objects.get(account_id=three[1].account_id).bill_on == START
    make_tax(seller, "13", "hst", region="ON")
    bill(day(2, 1))
    assert billed(three) == [2, 1, 2]
    (late,) = bills_of(three[1].account_id)
    assert [line[1] for line in late.lines] == [START, day(2, 1)]
    assert late.total == 2260
    assert not BillingProblem.objects.exists()
    prove(again=day(2, 1))


@pytest.mark.django_db
def test_what_is_in_another_currency_is_not_billed_as_if_it_were_not() -> None:
    seller = make_seller()
    plan, meter = make_plan(seller), make_meter(seller)
    make_price(plan)
    metered = make_plan(seller, "metered")
    make_price(metered, meter=meter)
    three = make_three(plan)
    other = subscribe(metered)
    add_charge(
        account_id=three[2].account_id,
        product=plan.product,
        description="Domain",
        amount_minor=700,
        today=START,
        now=NOW,
    )
    changed = [three[1].account_id, other.account_id]
    Account.objects.filter(id__in=changed).update(currency="USD")
    PendingCharge.objects.update(currency="USD")
    found = reasons(day(2, 1))
    assert [reason.split(",")[0] for reason in sorted(found)] == [
        "price metered/plan/v1 is in EUR",
        "price web/plan/v1 is in EUR",
        "the charge 'Domain' is in USD",
    ]
    assert billed([*three, other]) == [1, 0, 0, 0]
    Account.objects.filter(id__in=changed).update(currency="EUR")
    PendingCharge.objects.update(currency="EUR")
    bill(day(2, 1))
    assert billed([*three, other]) == [1, 1, 1, 1]
    prove(again=day(2, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 100])
def test_what_the_database_refuses_is_found_and_skipped(batch: int) -> None:
    plan = make_plan(make_seller())
    make_price(plan)
    many = [subscribe(plan) for _ in range(9)]
    bad = [many[2], many[7]]
    snapshots = {one.account_id: one.account.snapshot for one in bad}
    Account.objects.filter(id__in=snapshots).update(snapshot=None)
    found = reasons(START, batch=batch)
    assert len(found) in (1, 2)
    assert all(reason.startswith("it cannot be written: ") for reason in found)
    assert set(BillingProblem.objects.values_list("account_id", flat=True)) == set(snapshots)
    assert billed(many) == [int(one not in bad) for one in many]
    for key, snapshot in snapshots.items():
        Account.objects.filter(id=key).update(snapshot=snapshot)
    bill(START, batch=batch)
    assert billed(many) == [1] * 9
    prove(again=START)


@pytest.mark.django_db
def test_a_problem_is_forgotten_when_nothing_is_left_to_bill() -> None:
    seller = make_seller(country="CA", currency="CAD")
    make_tax(seller, "5", "gst", region="QC")
    plan = make_plan(seller)
    make_price(plan)
    one = subscribe(plan, make_account(seller, region="ON"))
    assert len(reasons(START)) == 1
    cancel_subscription(subscription_id=one.id, on=START, today=START, now=NOW)
    assert BillingProblem.objects.count() == 1
    bill(START)
    assert not BillingProblem.objects.exists()
    prove(again=START)


@pytest.mark.django_db
def test_amounts_beyond_all_bounds_stop_only_their_account() -> None:
    plan = make_plan(make_seller())
    make_price(plan)
    three = make_three(plan)
    for _ in range(2):
        add_charge(
            account_id=three[1].account_id,
            product=plan.product,
            description="Too much",
            amount_minor=7,
            today=START,
            now=NOW,
        )
    PendingCharge.objects.update(amount_minor=2**62)
    assert len(reasons(START)) == 1
    assert billed(three) == [1, 0, 1]


@contextmanager
def before_moving(account_id: int, times: int) -> Iterator[list[int]]:
    """Drop the pending charges of an account just before the run moves them, so many times."""
    done: list[int] = []
    key = PendingCharge.objects.get(account_id=account_id).id

    def watch(
        execute: Statement, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        moves = "UPDATE store_pendingcharge SET status" in sql
        if moves and key in chain.from_iterable(params) and len(done) < times:
            done.append(account_id)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE store_pendingcharge SET bill_on = bill_on, status = 'void' "
                    "WHERE account_id = %s AND status = 'pending'",
                    [account_id],
                )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield done


@pytest.mark.django_db
@pytest.mark.parametrize(("times", "skipped"), [(1, 0), (4, 0), (1000, 1)])
def test_a_lost_race_is_run_again_and_at_last_reported(times: int, skipped: int) -> None:
    plan = make_plan(make_seller())
    make_price(plan, setup_fee="5")
    three = make_three(plan)
    with before_moving(three[1].account_id, times) as done:
        found = reasons(START)
    assert done
    assert len(found) == skipped
    assert billed(three) == [1, 1 - skipped, 1]
    if skipped:
        assert found[0].startswith("it keeps changing (a pending charge was billed or dropped")
        bill(START)
    assert [totals_of(one.account_id) for one in three] == [[1500]] * 3
    prove(again=START)


@pytest.mark.django_db
def test_more_accounts_than_fit_in_a_batch() -> None:
    seller = make_accounts(BATCH + 1, start_on=START)
    told: list[int] = []
    summary = bill(START, progress=lambda _, count: told.append(count))
    assert told == [BATCH, 1]
    assert (summary.invoices, summary.lines) == (BATCH + 1, 2 * (BATCH + 1))
    assert summary.to_data()["invoiced"] == {"GBP": f"{(BATCH + 1) * 15}.00"}
    numbers = Invoice.objects.order_by("id").values_list("number", flat=True)
    assert list(numbers) == list(range(1, BATCH + 2))
    assert NumberSeries.objects.get(seller_id=seller, code="invoice").next_number == BATCH + 2
    assert bill(START).accounts == 0


def test_two_runs_at_once_bill_everything_once(open_shop: Shop) -> None:
    from tests.services.till import together

    seller = open_shop.seller
    plan, meter = make_plan(seller), make_meter(seller)
    make_price(plan, setup_fee="5")
    make_price(plan, code="usage", meter=meter)
    half = make_discount(seller, "half", "percentage", "50", duration="once")
    many = [subscribe(plan, discounts=[half]) for _ in range(12)]
    for one in many:
        use(one, meter, day(1, 9), "1")

    def run() -> Any:
        return run_billing(first=START, last=day(2, 1), now=NOW, batch=3)

    summaries = together(*[run] * 3)
    assert [one.skipped for one in summaries] == [[]] * 3
    assert sum(one.invoices for one in summaries) == 24
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 25))
    assert [len(set(totals_of(one.account_id))) for one in many] == [2] * 12
    prove(again=day(2, 1))
