"""A planned change is taken back as if it had not been made, whatever was billed of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterday.core.lifecycle import IllegalMove
from quarterday.services.errors import NotFound
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.remove_addon import remove_addon
from quarterday.services.subscriptions.undo_change import undo_change
from quarterday.store.models import Message, Subscription
from quarterday.store.queries.check import check_books
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
    make_shop,
    start,
)

pytestmark = pytest.mark.django_db
FIRST, MIDDLE, NEXT = date(2026, 1, 1), date(2026, 1, 16), date(2026, 2, 1)


@pytest.fixture
def shop() -> Shop:
    return make_shop("31")


def dear(shop: Shop) -> object:
    plan = make_plan(shop.seller, "dear")
    make_price(plan, "62")
    return plan


def undo(subscription: Subscription, today: date = MIDDLE, *item_ids: int) -> date:
    key = subscription.id
    return undo_change(subscription_id=key, today=today, now=NOW, item_ids=item_ids)


def test_a_planned_plan_never_begins(shop: Shop) -> None:
    subscription = start(shop, FIRST)
    bill(FIRST)
    change_plan(subscription_id=subscription.id, plan=dear(shop), on=NEXT, today=MIDDLE, now=NOW)  # type: ignore[arg-type]
    assert undo(subscription) == NEXT
    subscription.refresh_from_db()
    assert subscription.plan == shop.plan
    assert due(subscription) == NEXT
    bill(MIDDLE, NEXT)
    assert (billed(subscription), credits_of(subscription)) == ([3100, 3100], [])
    assert events(subscription.public_id)[-1] == "subscription.change_undone"
    with pytest.raises(NotFound, match="nothing is planned"):
        undo(subscription)
    assert list(check_books()) == []


def test_what_was_billed_in_advance_is_settled_again(shop: Shop) -> None:
    subscription = start(shop, FIRST, settings={"lead_days": 14})
    bill(FIRST, date(2026, 1, 20))
    assert billed(subscription) == [3100, 3100]
    asked = {"subscription_id": subscription.id, "now": NOW, "today": date(2026, 1, 20)}
    change_plan(plan=dear(shop), on=NEXT, **asked)  # type: ignore[arg-type]
    bill(date(2026, 1, 20))
    assert billed(subscription) == [3100, 3100, 6200]
    undo(subscription, date(2026, 1, 21))
    bill(date(2026, 1, 21))
    # February at the old price, once: what else was billed of it is given back.
    assert sum(billed(subscription)) + sum(credits_of(subscription)) == 6200
    assert list(check_books()) == []


def test_a_credit_that_waits_is_dropped(shop: Shop) -> None:
    subscription = start(shop, FIRST, settings={"lead_days": 14})
    today = date(2026, 1, 20)
    bill(FIRST, today)
    asked = {"subscription_id": subscription.id, "now": NOW, "today": today}
    change_quantity(quantity=Decimal(3), on=NEXT, **asked)  # type: ignore[arg-type]
    assert credits_of(subscription) == [-3100]
    undo(subscription, today)
    assert credits_of(subscription) == []
    bill(today, date(2026, 2, 15))
    assert billed(subscription) == [3100, 3100, 3100]


def test_an_addon_that_was_to_end_goes_on(shop: Shop) -> None:
    subscription = start(shop, FIRST)
    price = make_price(make_plan(shop.seller, "addon"), "3.10")
    asked = {"subscription_id": subscription.id, "now": NOW, "today": MIDDLE}
    add_addon(price=price, on=FIRST, **asked)  # type: ignore[arg-type]
    (base, addon) = items_of(subscription)
    remove_addon(item_id=addon.id, on=NEXT, **asked)  # type: ignore[arg-type]
    change_plan(plan=dear(shop), on=NEXT, **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        undo(subscription, MIDDLE, base.id + 1000)
    undo(subscription, MIDDLE, addon.id)
    assert [item.end_on for item in items_of(subscription)] == [NEXT, None, None]
    undo(subscription)
    assert [item.end_on for item in items_of(subscription)] == [None, None, NEXT]


def test_it_is_too_late_on_the_day_and_after_a_cancellation(shop: Shop) -> None:
    subscription = start(shop, FIRST)
    asked = {"subscription_id": subscription.id, "now": NOW}
    change_plan(plan=dear(shop), on=NEXT, today=FIRST, **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        undo(subscription, NEXT)
    cancel_subscription(today=MIDDLE, at_period_end=True, **asked)  # type: ignore[arg-type]
    with pytest.raises(IllegalMove, match="undo its cancellation first"):
        undo(subscription)


def test_the_account_is_told_which_plan_holds(shop: Shop) -> None:
    from quarterday.services.accounts.add_contact import add_contact

    subscription = start(shop, FIRST)
    add_contact(account_id=subscription.account_id, email="ada@example.com", now=NOW)
    asked = {"subscription_id": subscription.id, "today": FIRST}
    change_plan(plan=dear(shop), on=NEXT, now=NOW, **asked)  # type: ignore[arg-type]
    undo_change(now=NOW.replace(hour=15), **asked)  # type: ignore[arg-type]
    told = [
        one.data["change"] for one in Message.objects.filter(kind="plan_changed").order_by("id")
    ]
    assert [(one["before"], one["after"]) for one in told] == [
        ("web plan", "dear plan"),
        ("dear plan", "web plan"),
    ]
