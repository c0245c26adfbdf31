"""Pause a contract: nothing is served or billed until it resumes."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import SubscriptionState
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import find_running
from quarterday.services.subscriptions.move_subscription import move_subscription
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, Subscription


def pause_subscription(
    *,
    subscription_id: int,
    today: date,
    now: datetime,
    on: date | None = None,
    actor: str = "system",
) -> Subscription:
    """Pause from a day on, today by default or one that is past; unused days are credited.

    Pausing again from the same day changes nothing. Raises `NotFound`, `IllegalMove` unless it is
    active, and `BillingError` for a day to come or before the start.
    """
    on = on or today
    with transaction.atomic():
        account, subscription = claim_subscription(subscription_id)
        if (subscription.status, subscription.paused_on) == (SubscriptionState.PAUSED, on):
            return subscription
        if not subscription.start_on <= on <= today:
            raise BillingError(
                f"on must be a day from {subscription.start_on} to {today}, not {on}; "
                "pause on the day itself"
            )
        move_subscription(subscription, "pause", paused_on=on)
        for item in find_running(subscription, on):
            end_item(item, on=max(on, item.start_on), today=today, cause=EndCause.PAUSE)
        set_due(account.id)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor)
        record_event(
            kind="subscription.paused",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"on": on.isoformat()},
        )
    return subscription
