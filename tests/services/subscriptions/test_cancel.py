"""Cancelling now, on a day, or at the end of the period; and thinking better of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove
from quarterday.services.errors import NotFound
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.advance_states import advance_states
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.drop_charge import drop_charge
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.remove_addon import remove_addon
from quarterday.services.subscriptions.undo_cancel import undo_cancel
from quarterday.store.models import CreditNote, PendingCharge, Subscription
from tests.services.contracts import (
    NOW,
    Shop,
    bill,
    billed,
    credits_of,
    due,
    events,
    items_of,
    make_plan,
    make_price,
    make_seller,
    make_shop,
    spans,
    start,
)

pytestmark = pytest.mark.django_db
APRIL_27, MAY_3, MAY_10, MAY_20, MAY_27 = (
    date(2019, 4, 27),
    date(2019, 5, 3),
    date(2019, 5, 10),
    date(2019, 5, 20),
    date(2019, 5, 27),
)


def _cancel(subscription: Subscription, today: date, **terms: Any) -> Subscription:
    return cancel_subscription(subscription_id=subscription.id, today=today, now=NOW, **terms)


def _undo(subscription: Subscription, today: date) -> Subscription:
    return undo_cancel(subscription_id=subscription.id, today=today, now=NOW)


def test_cancelling_now_credits_the_unused_days_to_the_cent() -> None:
    subscription = start(make_shop(), APRIL_27)
    bill(APRIL_27)
    for _ in range(2):
        assert _cancel(subscription, MAY_3, reason="Moved").status == "cancelled"
    assert spans(subscription) == [(APRIL_27, MAY_3, 1)]
    assert (credits_of(subscription), due(subscription)) == ([-2396], MAY_3)
    bill(MAY_3)
    assert CreditNote.objects.get().total_minor == 2396
    assert due(subscription) is None
    stored = Subscription.objects.get()
    assert (stored.end_on, stored.cancel_reason) == (MAY_3, "Moved")
    assert events(subscription.public_id)[1:] == ["subscription.cancelled"]


def test_cancelling_at_period_end_waits_for_it() -> None:
    subscription = start(make_shop(), APRIL_27)
    bill(APRIL_27)
    for day in (MAY_3, MAY_10):
        assert _cancel(subscription, day, at_period_end=True).status == "cancelling"
    assert (subscription.id, credits_of(subscription)) == (Subscription.objects.get().id, [])
    assert (due(subscription), Subscription.objects.get().end_on) == (None, MAY_27)
    assert advance_states(MAY_20, now=NOW) == 0
    assert [advance_states(MAY_27, now=NOW) for _ in range(2)] == [1, 0]
    assert Subscription.objects.get().status == "cancelled"
    assert events(subscription.public_id)[1:] == [
        "subscription.cancelling",
        "subscription.cancelled",
    ]


def test_the_period_that_was_billed_ahead_is_credited() -> None:
    subscription = start(make_shop("30"), APRIL_27, settings={"lead_days": 14})
    bill(APRIL_27, MAY_20)
    assert billed(subscription) == [3000, 3000]
    _cancel(subscription, MAY_20, at_period_end=True)
    assert credits_of(subscription) == [-3000]


def test_in_its_trial_it_ends_with_the_trial() -> None:
    subscription = start(make_shop(), APRIL_27, trial_days=10)
    assert _cancel(subscription, MAY_3, at_period_end=True).end_on == date(2019, 5, 7)
    assert _undo(subscription, MAY_3).status == "trialing"
    _cancel(subscription, MAY_3, at_period_end=True)
    bill(date(2019, 5, 7))
    assert (billed(subscription), Subscription.objects.get().status) == ([], "cancelled")


def test_what_never_starts_is_over_at_once() -> None:
    subscription = start(make_shop("30", setup_fee="5"), MAY_10, today=APRIL_27)
    assert _cancel(subscription, MAY_3).status == "cancelled"
    assert (spans(subscription), due(subscription)) == ([(MAY_10, MAY_10, 1)], None)
    assert PendingCharge.objects.get().status == "void"


def test_a_pending_contract_may_have_its_end_already() -> None:
    subscription = start(make_shop("30"), MAY_10, today=APRIL_27)
    assert _cancel(subscription, APRIL_27, on=MAY_20).status == "cancelling"
    assert _undo(subscription, MAY_3).status == "pending"
    _cancel(subscription, APRIL_27, on=MAY_20)
    bill(MAY_10, MAY_20)
    assert billed(subscription) == [round(3000 * 10 / 31)]
    assert Subscription.objects.get().status == "cancelled"


def test_an_end_on_a_day_to_come_can_be_brought_forward() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    _cancel(subscription, MAY_3, on=MAY_20)
    with pytest.raises(IllegalMove):
        _cancel(subscription, MAY_3, on=MAY_10)
    assert _cancel(subscription, MAY_10).status == "cancelled"
    assert credits_of(subscription) == [-700, -1000]
    assert spans(subscription) == [(APRIL_27, MAY_10, 1)]


def test_undoing_in_time_leaves_no_trace_in_the_bills() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    _cancel(subscription, MAY_3, on=MAY_10)
    assert _undo(subscription, MAY_3).status == "active"
    assert spans(subscription) == [(APRIL_27, None, 1)]
    assert (credits_of(subscription), due(subscription)) == ([], MAY_27)
    bill(MAY_3, MAY_27)
    assert billed(subscription) == [3000, 3000]
    stored = Subscription.objects.get()
    assert (stored.end_on, stored.cancel_reason) == (None, "")
    assert events(subscription.public_id)[-1] == "subscription.cancel_undone"


def test_undoing_after_the_credit_was_issued_bills_the_days_again() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    _cancel(subscription, MAY_3, on=MAY_10)
    bill(MAY_3)
    _undo(subscription, MAY_3)
    assert spans(subscription) == [(APRIL_27, MAY_10, 1), (MAY_10, None, 1)]
    bill(MAY_3, MAY_27)
    assert (billed(subscription), credits_of(subscription)) == ([3000, 1700, 3000], [-1700])
    _cancel(subscription, date(2019, 6, 1))
    assert spans(subscription)[0] == (APRIL_27, MAY_10, 1)


def test_undoing_brings_planned_changes_back() -> None:
    shop = make_shop("30")
    backup = make_price(make_plan(shop.seller, "backup"), "6", setup_fee="1")
    support = make_price(make_plan(shop.seller, "support"), "9", setup_fee="1")
    subscription = start(shop, APRIL_27)
    asked = {"subscription_id": subscription.id, "today": MAY_3, "now": NOW}
    leaving = add_addon(price=backup, **asked)
    coming = add_addon(price=support, on=MAY_20, **asked)
    remove_addon(item_id=leaving.id, on=MAY_20, **asked)
    change_quantity(quantity=Decimal(2), on=MAY_20, **asked)
    planned = spans(subscription)
    _cancel(subscription, MAY_3, on=MAY_10)
    assert [end for _, end, _ in spans(subscription)] == [MAY_10, MAY_10, MAY_20, MAY_20]
    assert PendingCharge.objects.get(item=coming, kind="setup").status == "void"
    _undo(subscription, MAY_3)
    assert spans(subscription) == planned
    assert PendingCharge.objects.get(item=coming, kind="setup").status == "pending"


def test_a_setup_fee_dropped_by_hand_does_not_come_back() -> None:
    shop = make_shop("30")
    support = make_price(make_plan(shop.seller, "support"), "9", setup_fee="1")
    subscription = start(shop, APRIL_27)
    add_addon(subscription_id=subscription.id, price=support, on=MAY_20, today=MAY_3, now=NOW)
    charge = PendingCharge.objects.get(kind="setup")
    drop_charge(charge_id=charge.id, now=NOW)
    _cancel(subscription, MAY_3, on=MAY_10)
    _undo(subscription, MAY_3)
    charge.refresh_from_db()
    assert charge.status == "void"


def test_a_calendar_contract_ends_with_the_month() -> None:
    seller = make_seller()
    plan = make_plan(seller, anchoring="calendar")
    subscription = start(Shop(seller, plan, make_price(plan, "30")), MAY_10)
    assert _cancel(subscription, MAY_10, at_period_end=True).end_on == date(2019, 6, 1)
    other = start(Shop(seller, plan, make_price(plan, "30")), MAY_10)
    assert _cancel(other, date(2019, 6, 1), at_period_end=True).end_on == date(2019, 7, 1)


def test_illegal_moves_are_refused_and_change_nothing() -> None:
    subscription = start(make_shop(), APRIL_27)
    with pytest.raises(IllegalMove, match="an active subscription cannot undo cancel"):
        _undo(subscription, MAY_3)
    with pytest.raises(BillingError, match="not both"):
        _cancel(subscription, MAY_3, on=MAY_3, at_period_end=True)
    _cancel(subscription, MAY_3, on=MAY_10)
    with pytest.raises(IllegalMove, match="ended on 2019-05-10; start a new one"):
        _undo(subscription, MAY_10)
    _cancel(subscription, MAY_10)
    with pytest.raises(IllegalMove, match="a cancelled subscription cannot cancel"):
        _cancel(subscription, MAY_20, on=MAY_3)
    with pytest.raises(IllegalMove, match="a cancelled subscription cannot cancel"):
        _cancel(subscription, MAY_27, on=MAY_20)
    assert _cancel(subscription, MAY_20).end_on == MAY_10
    with pytest.raises(IllegalMove):
        _undo(subscription, MAY_20)
    assert spans(subscription) == [(APRIL_27, MAY_10, 1)]
    subscription.id = 0
    with pytest.raises(NotFound):
        _cancel(subscription, MAY_20)


def test_a_paused_contract_can_be_cancelled_but_not_at_period_end() -> None:
    subscription = start(make_shop(), APRIL_27)
    pause_subscription(subscription_id=subscription.id, today=MAY_3, now=NOW)
    with pytest.raises(IllegalMove):
        _cancel(subscription, MAY_10, at_period_end=True)
    assert _cancel(subscription, MAY_10).status == "cancelled"
    assert [item.end_on for item in items_of(subscription)] == [MAY_3]
