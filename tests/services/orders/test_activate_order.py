"""A service starts when its policy says so, once; an order that nobody pays is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.carts.change_cart import attach_account
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.errors import Conflict
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.orders.activate_order import activate_order
from quarterday.services.orders.cancel_order import cancel_order, cancel_unpaid
from quarterday.services.orders.place_order import Terms, place_order
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import (
    CreditGrant,
    CreditNote,
    Event,
    Invoice,
    Order,
    PendingCharge,
    Subscription,
)
from quarterday.store.queries.check import check_books
from tests.services.orders.storefront import DAY, DISK, NOW, Storefront

pytestmark = pytest.mark.django_db


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.status, Subscription.objects.get(public_id=order.subscriptions[0]).status


def pay(order: Order, amount: int | None = None, days: int = 0) -> None:
    assert order.invoice is not None
    record_payment(
        account=order.account,
        amount_minor=amount or order.invoice.total_minor,
        method="card",
        today=DAY + timedelta(days=days),
        now=NOW + timedelta(days=days),
    )


def activations() -> int:
    return Event.objects.filter(kind="order.activated").count()


def test_on_order_it_starts_at_once(front: Storefront) -> None:
    assert state(front.order("seats/month")) == ("active", "active")
    assert activations() == 1


def test_on_payment_it_starts_when_all_is_paid(front: Storefront) -> None:
    order = front.order("web/month")
    assert state(order) == ("pending", "pending")
    pay(order, amount=100)
    assert state(order) == ("pending", "pending")
    pay(order)
    assert state(order) == ("active", "active")
    activate_order(order=order, today=DAY, now=NOW)
    assert activations() == 1


def test_the_daily_run_does_not_start_what_nobody_paid(front: Storefront) -> None:
    order = front.order("web/month")
    run_billing(first=DAY, last=DAY + timedelta(days=3), now=NOW)
    assert state(order) == ("pending", "pending")


def test_a_trial_starts_at_once_since_nothing_is_to_be_paid(front: Storefront) -> None:
    order = front.order("trial/month")
    assert state(order) == ("active", "trialing")
    assert order.invoice is None


def test_credit_that_covers_an_order_starts_it(front: Storefront) -> None:
    order = front.order("web/month")
    grant_credit(
        account=order.account,
        kind="deposit",
        amount_minor=20_000,
        method="card",
        today=DAY,
        now=NOW,
    )
    cart = attach_account(cart=front.cart("web/year"), account=order.account, now=NOW)
    second = place_order(cart=cart, terms=Terms(), today=DAY, now=NOW)
    assert second.invoice is not None
    assert (second.invoice.status, second.invoice.open_minor) == ("paid", 0)
    assert state(second) == ("active", "active")


def test_crediting_the_invoice_starts_nothing(front: Storefront) -> None:
    order = front.order("web/month")
    assert order.invoice is not None
    credit_invoice(invoice=order.invoice, today=DAY, now=NOW, reason="not wanted")
    assert state(order) == ("pending", "pending")


def test_by_hand_it_starts_by_hand(front: Storefront) -> None:
    front.offer("web", activation="by_hand")
    order = front.order("web/month", "seats/month")
    pay(order)
    assert state(order) == ("pending", "pending")
    activate_order(order=order, today=DAY, now=NOW, actor="staff")
    assert state(order) == ("active", "active")


def test_days_of_waiting_are_given_back(front: Storefront) -> None:
    order = front.order("web/month")
    pay(order, days=3)
    assert state(order) == ("active", "active")
    (charge,) = PendingCharge.objects.filter(status="pending")
    # 3 of 31 days of 9.99; the setup fee stays.
    assert (charge.kind, charge.amount_minor) == ("unused", -97)
    assert not list(check_books())


def test_an_order_that_nobody_pays_is_taken_back(front: Storefront) -> None:
    order, paid, partly = (front.order("web/month") for _ in range(3))
    pay(paid)
    pay(partly, amount=100)
    late = NOW + timedelta(days=15)
    assert cancel_unpaid(now=NOW + timedelta(days=13)) == 0
    assert cancel_unpaid(now=late) == 1
    assert cancel_unpaid(now=late) == 0
    assert state(order) == ("cancelled", "cancelled")
    assert state(paid) == ("active", "active")
    assert state(partly) == ("pending", "pending")
    assert order.invoice is not None
    assert Invoice.objects.get(id=order.invoice.id).status == "void"
    run_billing(first=DAY, last=DAY + timedelta(days=60), now=late)
    assert Invoice.objects.filter(account=order.account).count() == 1


def test_what_runs_is_not_cancelled_as_an_order(front: Storefront) -> None:
    order = front.order("seats/month")
    with pytest.raises(Conflict, match="cancel the subscription"):
        cancel_order(order=order, today=DAY, now=NOW, reason="mistake")
    waiting = front.order("web/month")
    pay(waiting, amount=5)
    with pytest.raises(BillingError, match="settled or credited in part"):
        cancel_order(order=waiting, today=DAY, now=NOW, reason="mistake")
    assert state(waiting) == ("pending", "pending")
    other = front.order("web/month")
    cancel_order(order=other, today=DAY, now=NOW, reason="mistake")
    with pytest.raises(Conflict, match="was cancelled"):
        activate_order(order=other, today=DAY, now=NOW)


def test_all_that_was_billed_while_it_waited_is_taken_back(front: Storefront) -> None:
    front.offer("web", activation="by_hand", options=[DISK], addons=["backup"])
    order = front.order("web/month", "trial/month")
    pay(order)
    later = DAY + timedelta(days=40)
    at = NOW + timedelta(days=40)
    assert not run_billing(first=DAY, last=later, now=at).skipped
    assert Invoice.objects.filter(status="open").count() > 1
    cancel_order(order=order, today=later, now=at, reason="not possible there")
    assert not run_billing(first=later, last=later + timedelta(days=40), now=at).skipped
    assert not Invoice.objects.filter(status="open").exists()
    assert order.invoice is not None
    grants = CreditGrant.objects.filter(account=order.account)
    assert sum(one.open_minor for one in grants) == order.invoice.total_minor
    again = cancel_order(order=order, today=later, now=at, reason="not possible there")
    assert again.status == "cancelled"


def test_what_was_credited_before_is_not_credited_again(front: Storefront) -> None:
    order = front.order("web/month")
    pay(order, amount=500)
    assert order.invoice is not None
    credit_invoice(invoice=order.invoice, today=DAY, now=NOW, reason="not possible there")
    cancel_order(order=order, today=DAY, now=NOW, reason="not possible there")
    assert CreditGrant.objects.get().open_minor == 500
    assert CreditNote.objects.count() == 1


def test_credit_that_an_unpaid_order_used_returns(front: Storefront) -> None:
    account = front.order("late/month").account
    grant_credit(account=account, kind="goodwill", amount_minor=1000, today=DAY, now=NOW)
    cart = attach_account(cart=front.cart("web/month"), account=account, now=NOW)
    order = place_order(cart=cart, terms=Terms(), today=DAY, now=NOW)
    assert order.invoice is not None
    assert (order.invoice.total_minor, order.invoice.open_minor) == (2974, 1974)
    assert cancel_unpaid(now=NOW + timedelta(days=15)) == 1
    assert state(order) == ("cancelled", "cancelled")
    order.invoice.refresh_from_db()
    assert order.invoice.open_minor == 0
    assert sum(one.open_minor for one in CreditGrant.objects.filter(account=account)) == 1000
