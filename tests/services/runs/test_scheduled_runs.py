"""Runs that were ordered: done once, in their time, and gone on with after a death."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from quarterday.services.errors import Conflict
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.runs.claim_run import PATIENCE, claim_run
from quarterday.services.runs.order_run import order_run
from quarterday.services.runs.plan_charges import Asked, plan_charges, read_rows
from quarterday.services.runs.preview_charges import preview_charges
from quarterday.services.runs.stop_run import stop_run
from quarterday.services.runs.work_at import work_at
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.store.models import (
    Account,
    Brand,
    Foreseen,
    Invoice,
    PendingCharge,
    Plan,
    RunForecast,
    ScheduledRun,
    Seller,
)
from tests.services.bills import (
    NOW,
    START,
    bill,
    day,
    day_at,
    make_account,
    make_plan,
    make_price,
    make_seller,
    make_tax,
    prove,
    subscribe,
)

pytestmark = pytest.mark.django_db


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def make_business(accounts: int = 3) -> tuple[Seller, Plan, list[Account]]:
    seller = make_seller()
    make_tax(seller, "19")
    plan = make_plan(seller)
    make_price(plan, "10")
    made = [make_account(seller, external_id=f"A{n}") for n in range(accounts)]
    for account in made:
        subscribe(plan, account)
    return seller, plan, made


def test_a_run_bills_its_seller_once_and_says_what_it_did() -> None:
    seller, _, accounts = make_business()
    _, _, others = make_business()
    given: dict[str, Any] = {"seller": seller, "kind": "billing", "now": NOW, "key": "form-1"}
    run = order_run(**given, actor="usr_1")
    assert order_run(**given, actor="usr_1") == run
    assert work_at(at(NOW)) == run
    assert work_at(at(NOW)) is None
    run.refresh_from_db()
    assert (run.status, run.done, run.total, run.summary["invoices"]) == ("done", 3, 3, 3)
    assert run.summary["invoiced"] == {"EUR": 3 * 1190}
    assert set(Invoice.objects.values_list("account_id", flat=True)) == {a.id for a in accounts}
    with pytest.raises(Conflict):
        stop_run(run=run, now=NOW)
    assert len(others) == 3
    bill(START)
    prove()


def test_a_run_waits_for_its_day_and_can_be_stopped() -> None:
    seller, _, accounts = make_business()
    later = NOW + timedelta(days=2)
    scope = {"accounts": [accounts[0].id]}
    run = order_run(seller=seller, kind="billing", now=NOW, start_at=later, scope=scope)
    gone = order_run(seller=seller, kind="billing", now=NOW, start_at=later)
    stop_run(run=gone, now=NOW)
    assert work_at(at(NOW)) is None
    assert work_at(at(later)) == run
    assert list(Invoice.objects.values_list("account_id", "issued_on")) == [
        (accounts[0].id, day(1, 3))
    ]
    assert work_at(at(later)) is None


def test_whoever_lost_a_run_undoes_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    seller, _, _ = make_business()
    run = order_run(seller=seller, kind="billing", now=NOW)
    for steal in (
        lambda: ScheduledRun.objects.filter(id=run.id).update(claim=7),
        lambda: stop_run(run=run, now=NOW),
    ):
        ScheduledRun.objects.filter(id=run.id).update(status="waiting", claim=1)

        def billed(steal: Callable[[], Any] = steal, **terms: Any) -> Any:
            steal()
            return run_billing(**terms)

        monkeypatch.setattr("quarterday.services.runs.run_due.run_billing", billed)
        assert work_at(at(NOW)) is not None
        assert not Invoice.objects.exists()
    monkeypatch.undo()
    ScheduledRun.objects.filter(id=run.id).update(status="running", heartbeat_at=NOW, claim=9)
    assert claim_run(now=NOW + timedelta(minutes=1)) is None
    assert work_at(at(NOW + PATIENCE + timedelta(seconds=1))) == run
    assert Invoice.objects.count() == 3


def test_no_charge_below_zero_goes_around_a_second_person() -> None:
    seller, _plan, _accounts = make_business()
    Brand.objects.update_or_create(
        seller=seller, defaults={"data": {"approvals": {"credit": {"EUR": "10.00"}}}}
    )
    seller = Seller.objects.select_related("brand").get(id=seller.id)
    wishes = ("A0", "-6"), ("A1", "-6"), ("A0", "-4.01"), ("A1", "500"), ("A0", "-999")
    asked = [Asked(amount, name, "web", "Sorry", amount) for name, amount in wishes]
    found = plan_charges(seller, asked)
    # Not even below the limit: slices of many orders would pass it.
    assert [one.partition(":")[0] for one in found.errors] == ["-6", "-6", "-4.01", "-999"]
    assert "give it credit" in found.errors[0] and len(found.rows) == 1


def test_charges_are_made_once_whoever_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seller, _plan, _accounts = make_business()
    bill(START)
    text = "account;product;description;amount\n" + "".join(
        f"A{n};web;Visit of a technician;{amount}\n"
        for n, amount in enumerate(("50.00", "x", "-5", "7"))
    )
    found = plan_charges(seller, read_rows(text + "A0;hat;Hat;1\nA1;web;;1\n"))
    assert [one.split(":")[0] for one in found.errors] == ["row 3", "row 5", "row 6", "row 7"]
    assert found.sums == {"EUR": 4500}
    seen = preview_charges(found, today=day(1, 2), now=NOW)
    assert [(one.account, one.total_minor) for one in seen] == [("A0", 5950), ("A2", -595)]
    assert not PendingCharge.objects.filter(kind="one_off").exists()
    scope = {"rows": found.rows, "when": "now"}
    run = order_run(seller=seller, kind="charges", now=NOW, scope=scope)
    monkeypatch.setattr("quarterday.services.runs.run_charges.bill_recorded", _die)
    with pytest.raises(ZeroDivisionError):
        work_at(at(NOW))
    monkeypatch.undo()
    assert work_at(at(NOW + timedelta(hours=1))) == run
    run.refresh_from_db()
    assert (run.status, run.done, run.summary["invoices"]) == ("done", 2, 1)
    assert PendingCharge.objects.filter(external_id__startswith=run.public_id).count() == 2
    prove()
    (waits,) = plan_charges(seller, [Asked("", "A1", "web", "Later", "3")]).rows
    order_run(seller=seller, kind="charges", now=NOW, scope={"rows": [waits], "when": "next"})
    assert work_at(at(NOW + timedelta(hours=1)))
    assert PendingCharge.objects.get(description="Later").bill_on == day(2)
    prove()


def _die(*_: Any, **__: Any) -> None:
    raise ZeroDivisionError


def test_a_preview_says_what_is_different_and_why() -> None:
    seller, plan, accounts = make_business(6)
    bill(START)
    more, ends, blocked = (
        accounts[n].subscriptions.get()
        for n in range(3)  # type: ignore[attr-defined]
    )
    late = day_at(day(1, 20))
    terms: dict[str, Any] = {"today": day(1, 20), "now": late}
    change_quantity(subscription_id=more.id, quantity=Decimal(3), on=day(2), **terms)
    cancel_subscription(subscription_id=ends.id, at_period_end=True, **terms)
    Account.objects.filter(id=blocked.account_id).update(currency="USD")
    new = subscribe(plan, make_account(seller, external_id="N"), start_on=day(2))
    run = order_run(seller=seller, kind="preview", now=late, scope={"on": "2026-02-01"})
    for _ in range(2):
        assert work_at(at(late)) == run
        run.refresh_from_db()
        ScheduledRun.objects.filter(id=run.id).update(status="waiting")
    found = {one.account_id: one for one in Foreseen.objects.filter(run=run)}
    assert found[more.account_id].change == "higher"
    assert found[more.account_id].reason == "web plan: 3 instead of 1 (+20.00)"
    assert (found[more.account_id].total_minor, found[more.account_id].last_minor) == (3570, 1190)
    assert found[ends.account_id].change == "gone"
    assert found[blocked.account_id].change == "blocked"
    assert "is billed in USD" in found[blocked.account_id].reason
    assert found[new.account_id].change == "new"
    assert run.summary["changes"] == {"higher": 1, "blocked": 1, "new": 1, "same": 3}
    assert run.summary["invoiced"] == {"EUR": 3570 + 4 * 1190}
    assert run.summary["last"] == {"EUR": 4 * 1190}
    kept = RunForecast.objects.get(seller=seller)
    assert (kept.day, kept.data["run"]) == (day(2), run.public_id)
    real = run_billing(first=day(2), last=day(2), now=day_at(day(2)))
    assert real.invoiced == run.summary["invoiced"]
    again = order_run(seller=seller, kind="preview", now=late, scope={"on": "2026-03-01"})
    work_at(at(late), again)
    assert not Foreseen.objects.filter(run=run).exists()
