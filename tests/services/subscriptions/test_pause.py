"""Pause and resume: no gap and no overlap but the pause itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.remove_addon import remove_addon
from quarterday.services.subscriptions.resume_subscription import resume_subscription
from quarterday.store.models import Subscription
from tests.services.contracts import (
    NOW,
    bill,
    billed,
    credits_of,
    due,
    events,
    make_plan,
    make_price,
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


def _pause(subscription: Subscription, today: date, **terms: Any) -> Subscription:
    return pause_subscription(subscription_id=subscription.id, today=today, now=NOW, **terms)


def _resume(subscription: Subscription, today: date, **terms: Any) -> Subscription:
    return resume_subscription(subscription_id=subscription.id, today=today, now=NOW, **terms)


def test_a_pause_is_not_paid_for() -> None:
    subscription = start(make_shop("30"), APRIL_27, quantity=Decimal(2))
    bill(APRIL_27)
    for _ in range(2):
        paused = _pause(subscription, MAY_3)
        assert (paused.status, paused.paused_on) == ("paused", MAY_3)
    bill(MAY_3)
    assert (due(subscription), credits_of(subscription)) == (None, [-4800])
    resumed = _resume(subscription, MAY_20)
    assert (resumed.status, resumed.paused_on) == ("active", None)
    assert spans(subscription) == [(APRIL_27, MAY_3, 2), (MAY_20, None, 2)]
    bill(MAY_20, MAY_27)
    assert billed(subscription) == [6000, 1400, 6000]
    assert events(subscription.public_id)[1:] == ["subscription.paused", "subscription.resumed"]


def test_pausing_and_resuming_on_one_day_costs_the_same() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    for day in (MAY_3, MAY_3, MAY_10):
        _pause(subscription, day)
        _resume(subscription, day)
    bill(MAY_10)
    assert sum(billed(subscription)) + sum(credits_of(subscription)) == 3000
    assert spans(subscription) == [
        (APRIL_27, MAY_3, 1),
        (MAY_3, MAY_3, 1),
        (MAY_3, MAY_10, 1),
        (MAY_10, None, 1),
    ]


def test_a_pause_and_its_end_may_be_told_late() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27, MAY_27)
    _pause(subscription, date(2019, 6, 1), on=MAY_10)
    assert credits_of(subscription) == [-1700, -3000]
    _resume(subscription, date(2019, 6, 1), on=MAY_20)
    bill(date(2019, 6, 1))
    assert billed(subscription) == [3000, 3000, 700, 3000]


def test_changes_that_were_planned_happen_after_the_pause() -> None:
    shop = make_shop("30")
    subscription = start(shop, APRIL_27)
    price = make_price(make_plan(shop.seller, "backup"), "6", setup_fee="1")
    asked = {"subscription_id": subscription.id, "today": APRIL_27, "now": NOW}
    item = add_addon(price=price, **asked)
    remove_addon(item_id=item.id, on=MAY_10, **asked)
    change_quantity(quantity=Decimal(3), on=MAY_20, **asked)
    _pause(subscription, MAY_3)
    _resume(subscription, MAY_10)
    running = [span for span in spans(subscription) if span[0] != span[1]]
    assert running == [
        (APRIL_27, MAY_3, 1),
        (APRIL_27, MAY_3, 1),
        (MAY_10, MAY_20, 1),
        (MAY_20, None, 3),
    ]


def test_days_that_cannot_be_and_illegal_moves_are_refused() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    with pytest.raises(BillingError, match="on must be a day from 2019-04-27 to 2019-05-03"):
        _pause(subscription, MAY_3, on=MAY_10)
    with pytest.raises(BillingError, match="not 2019-04-26; pause on the day itself"):
        _pause(subscription, MAY_3, on=date(2019, 4, 26))
    with pytest.raises(IllegalMove, match="an active subscription cannot resume"):
        _resume(subscription, MAY_3)
    _pause(subscription, MAY_10)
    with pytest.raises(IllegalMove, match="a paused subscription cannot pause"):
        _pause(subscription, MAY_20)
    for day in (MAY_3, MAY_27):
        with pytest.raises(BillingError, match="from 2019-05-10 to 2019-05-20"):
            _resume(subscription, MAY_20, on=day)
    trial = start(make_shop("30"), APRIL_27, trial_days=30)
    with pytest.raises(IllegalMove, match="a trialing subscription cannot pause"):
        _pause(trial, MAY_3)
    assert spans(trial) == [(APRIL_27, None, 1)]
