"""Move a contract to another plan, or to other prices of its plan, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from quarterday.core.exact import ONE
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.add_items import add_items
from quarterday.services.subscriptions.claim_subscription import claim_to_change
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import find_open, schedule_of, with_commitments
from quarterday.services.subscriptions.make_items import (
    Span,
    check_quantity,
    choose_prices,
    make_items,
)
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import (
    EndCause,
    ItemRole,
    Plan,
    Price,
    Subscription,
    SubscriptionItem,
)


def change_plan(
    *,
    subscription_id: int,
    plan: Plan,
    today: date,
    now: datetime,
    prices: Sequence[Price] | None = None,
    quantity: Decimal | None = None,
    on: date | None = None,
    charge_setup: bool = False,
    actor: str = "system",
) -> Subscription:
    """Replace the base items by those of a plan from a day on, today by default.

    Prices are chosen as when a subscription starts; the quantity stays unless given; add-ons stay.
    With the same cadence the boundaries stay too, otherwise they begin anew on the day. What was
    billed beyond the day is credited. What it has already changes nothing. Raises `NotFound`,
    `IllegalMove`, `Conflict`, and `BillingError` for bad input.
    """
    on = on or today
    with transaction.atomic():
        account, subscription = claim_to_change(subscription_id)
        open_items = find_open(subscription)
        base = [item for item in open_items if item.role == ItemRole.BASE]
        count = check_quantity(_quantity(base) if quantity is None else quantity)
        chosen = choose_prices(account, plan, prices, on)
        if _is_same(base, chosen, count) and all(item.start_on <= on for item in base):
            return subscription
        leaving = with_commitments(open_items, base)
        ended = [end_item(i, on=on, today=today, cause=EndCause.CHANGE) for i in leaving]
        begin = max([on, *(one.bill_from for one in ended)])
        schedule = schedule_of(base, plan, begin)
        items = make_items(subscription, chosen, count, Span(on, begin), schedule)
        old_plan = subscription.plan
        subscription.plan = plan
        subscription.anchor_on, subscription.anchor_day = schedule.anchor, schedule.day
        subscription.save(update_fields=["plan", "anchor_on", "anchor_day"])
        add_items(account, subscription, items, plan, charge_setup)
        set_due(account.id)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor)
        record_event(
            kind="subscription.plan_changed",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"from": old_plan.code, "to": plan.code, "on": on.isoformat()},
        )
        queue_message(
            kind="plan_changed",
            account=account,
            subject=subscription.public_id,
            occasion=now.isoformat(),
            now=now,
            on=on,
            data={
                "change": {"before": old_plan.name, "after": plan.name},
                "service": {"on": on.isoformat()},
            },
        )
    return subscription


def _quantity(base: Sequence[SubscriptionItem]) -> Decimal:
    """What the base items that recur have; one where all is usage."""
    return next((item.quantity for item in base if item.price.meter_id is None), ONE)


def _is_same(base: Sequence[SubscriptionItem], chosen: Sequence[Price], count: Decimal) -> bool:
    """Whether the contract has just these prices and quantities already."""
    have = sorted((item.price_id, item.quantity) for item in base)
    return have == sorted((one.id, ONE if one.meter_id else count) for one in chosen)
