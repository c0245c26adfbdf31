"""Open credit settles new invoices, in order of use, and none that has expired."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from quarterday.services.credit.apply_credit import apply_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.sellers.change_brand import change_brand
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.store.models import Account, Allocation, CreditGrant, Invoice, Plan
from tests.services.bills import (
    NOW,
    START,
    bill,
    day,
    make_account,
    make_plan,
    make_price,
    make_seller,
    prove,
    subscribe,
)

pytestmark = pytest.mark.django_db


def make_shop(settings: dict[str, Any] | None = None) -> tuple[Plan, Account]:
    plan = make_plan(make_seller(settings=settings or {}))
    make_price(plan, "10")
    account = make_account(plan.product.seller)
    subscribe(plan, account, start_on=day(1, 10), today=day(1, 10))
    return plan, account


def grant(account: Account, minor: int, reason: str, **terms: Any) -> None:
    given = {"kind": "goodwill", "today": START} | terms
    grant_credit(account=account, amount_minor=minor, reason=reason, now=NOW, **given)


def opened() -> dict[str, int]:
    return dict(CreditGrant.objects.values_list("reason", "open_minor"))


def test_credit_is_drawn_by_priority_then_expiry_then_age() -> None:
    _, account = make_shop()
    grant(account, 300, "young", today=day(1, 2))
    grant(account, 300, "old")
    grant(account, 300, "expiring", expires_on=day(3, 1))
    grant(account, 300, "first", priority=1)
    bill(day(1, 10))
    assert opened() == {"first": 0, "expiring": 0, "old": 0, "young": 200}
    drawn = Allocation.objects.order_by("id").values_list("grant__reason", "amount_minor")
    assert list(drawn) == [("first", 300), ("expiring", 300), ("old", 300), ("young", 100)]
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.open_minor) == ("paid", 0)
    prove(again=day(1, 10))


def test_expired_and_future_credit_is_left_alone() -> None:
    _, account = make_shop()
    grant(account, 300, "gone", expires_on=day(1, 10))
    grant(account, 300, "to come", today=day(1, 11))
    grant(account, 300, "last day", expires_on=day(1, 11))
    summary = bill(day(1, 10))
    assert opened() == {"gone": 0, "to come": 300, "last day": 0}
    assert Invoice.objects.get().open_minor == 700
    assert summary.to_data()["credit_applied"] == {"EUR": "3.00"}
    prove(again=day(1, 10))


def test_one_credit_serves_several_invoices_of_one_day() -> None:
    plan, account = make_shop({"grouping": "separate"})
    subscribe(plan, account, start_on=day(1, 10), today=day(1, 10))
    grant(account, 1500, "shared")
    bill(day(1, 10))
    assert list(Invoice.objects.order_by("id").values_list("open_minor", flat=True)) == [0, 500]
    assert opened() == {"shared": 0}
    prove(again=day(1, 10))


@pytest.mark.parametrize("level", ["seller", "account"])
@pytest.mark.parametrize(("use", "opens"), [("on_due_date", [1000, 700]), ("never", [1000, 1000])])
def test_the_setting_says_when_credit_is_used(level: str, use: str, opens: list[int]) -> None:
    setting = {"credit_use": use}
    plan = make_plan(make_seller(settings=setting if level == "seller" else {}))
    make_price(plan, "10")
    account = make_account(
        plan.product.seller, settings=setting if level == "account" else {"terms_days": 14}
    )
    subscribe(plan, account, start_on=day(1, 10), today=day(1, 10))
    grant(account, 300, "waits")
    bill(day(1, 10), day(1, 23))
    assert Invoice.objects.get().open_minor == opens[0]
    bill(day(1, 24))
    assert Invoice.objects.get().open_minor == opens[1]
    prove(again=day(1, 24))


def test_an_invoice_of_nothing_is_paid_and_draws_nothing() -> None:
    plan = make_plan(make_seller())
    make_price(plan, "0")
    account = make_account(plan.product.seller)
    subscribe(plan, account)
    grant(account, 300, "kept")
    bill(START)
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.total_minor) == ("paid", 0)
    assert opened() == {"kept": 300}
    prove(again=START)


def test_credit_for_some_things_pays_for_those_alone() -> None:
    plan, account = make_shop()
    other = make_plan(plan.product.seller, "mail")
    make_price(other, "4")
    subscribe(other, account, start_on=day(1, 10), today=day(1, 10))
    grant(account, 900, "mail", scope={"products": ["mail"]})
    grant(account, 700, "renewals", scope={"use": "renewals"})
    grant(account, 300, "orders", scope={"use": "orders"})
    bill(day(1, 10))
    assert opened() == {"mail": 500, "renewals": 700, "orders": 0}
    assert Invoice.objects.get().open_minor == 700
    bill(day(2, 10))
    assert opened() == {"mail": 100, "renewals": 0, "orders": 0}
    assert Invoice.objects.latest("id").open_minor == 300
    prove(again=day(2, 10))


def test_where_the_seller_says_so_no_credit_pays_for_what_is_new() -> None:
    plan, account = make_shop()
    change_brand(seller=plan.product.seller, data={"credit": {"pays_orders": False}}, now=NOW)
    grant(account, 5000, "any")
    bill(day(1, 10))
    invoice = Invoice.objects.get()
    assert (opened(), invoice.open_minor) == ({"any": 5000}, 1000)
    assert apply_credit(invoice=invoice, today=day(1, 10), now=NOW) == []
    change_quantity(
        subscription_id=account.subscriptions.get().id,
        quantity=Decimal(2),
        on=day(2, 10),
        today=day(1, 12),
        now=NOW,
    )
    bill(day(2, 10))
    assert Invoice.objects.latest("id").open_minor == 0
    prove(again=day(2, 10))
