"""Cancel a contract: on a day, or when its period ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import SubscriptionState, move
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.drop_setup import drop_setup
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import find_open, find_running, plan_schedule
from quarterday.services.subscriptions.item_due import make_schedule
from quarterday.services.subscriptions.move_subscription import move_subscription
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Account, EndCause, ItemRole, Subscription, SubscriptionItem


def cancel_subscription(
    *,
    subscription_id: int,
    today: date,
    now: datetime,
    on: date | None = None,
    at_period_end: bool = False,
    reason: str = "",
    tells: bool = True,
    actor: str = "system",
) -> Subscription:
    """End a subscription on a day (exclusive): today, another one, or when its period ends.

    On a day to come it is ``cancelling`` until then, which can be undone. Days billed beyond it
    are credited. A subscription that has not started never will. Cancelling again on the same day
    changes nothing. The customer is told, unless the caller tells it otherwise. Raises `NotFound`,
    `IllegalMove`, and `BillingError` for bad input.
    """
    if on is not None and at_period_end:
        raise BillingError("give on, or at_period_end, not both")
    with transaction.atomic():
        account, subscription = claim_subscription(subscription_id)
        end = _choose_end(subscription, on, at_period_end, today)
        # A contract that never starts is over at once, not on the day it would have started.
        at_once = end <= today or end == subscription.start_on
        done = SubscriptionState.CANCELLED if at_once else SubscriptionState.CANCELLING
        if (subscription.status, subscription.end_on) == (done, end):
            return subscription
        verb = "cancel" if at_once else "schedule_cancel"
        move("subscription", subscription.status, verb)
        for item in find_running(subscription, end):
            end_item(item, on=max(end, item.start_on), today=today, cause=EndCause.CANCEL)
            drop_setup(item)
        move_subscription(subscription, verb, end_on=end, cancel_reason=reason)
        set_due(account.id)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor)
        record_event(
            kind="subscription.cancelled" if at_once else "subscription.cancelling",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"on": end.isoformat(), "reason": reason},
        )
        if tells:
            _tell(account, subscription, end, now)
    return subscription


def _tell(account: Account, subscription: Subscription, end: date, now: datetime) -> None:
    queue_message(
        kind="cancelled",
        account=account,
        subject=subscription.public_id,
        occasion=now.isoformat(),
        now=now,
        on=end,
        data={"service": {"on": end.isoformat()}},
    )


def _choose_end(
    subscription: Subscription, on: date | None, at_period_end: bool, today: date
) -> date:
    """The day on which to end: never before the start, nor after an end that has passed."""
    if at_period_end:
        return find_period_end(subscription, find_open(subscription), today)
    end = max(on or today, subscription.start_on)
    planned = subscription.end_on
    # What has ended by now can only have ended then, unless another day is insisted on.
    insisted = on is not None and subscription.status == SubscriptionState.CANCELLED
    if planned is not None and planned <= end <= today and not insisted:
        return planned
    return end


def find_period_end(
    subscription: Subscription, items: Sequence[SubscriptionItem], today: date
) -> date:
    """The end of the period in which the contract is today: of its trial, or its base item's."""
    if subscription.status == SubscriptionState.CANCELLING and subscription.end_on:
        return subscription.end_on
    day = max(today, subscription.start_on)
    if subscription.trial_end is not None and subscription.trial_end > day:
        return subscription.trial_end
    base = next((item for item in items if item.role == ItemRole.BASE), None)
    schedule = make_schedule(base) if base else plan_schedule(subscription.plan, day)
    return schedule.next_boundary(day + timedelta(days=1))
