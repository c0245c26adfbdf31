"""Resume a paused contract with what it had."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import move
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.find_items import find_ended_by
from quarterday.services.subscriptions.follow_item import follow_item
from quarterday.services.subscriptions.move_subscription import move_subscription
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, Subscription


def resume_subscription(
    *,
    subscription_id: int,
    today: date,
    now: datetime,
    on: date | None = None,
    actor: str = "system",
) -> Subscription:
    """Resume from a day on, today by default or one that is past, but not before the pause.

    The same prices and quantities go on in new items with the same boundaries; changes that were
    planned when it was paused still happen. Raises `NotFound`, `IllegalMove` unless it is paused,
    and `BillingError` for another day.
    """
    on = on or today
    with transaction.atomic():
        account, subscription = claim_subscription(subscription_id)
        move("subscription", subscription.status, "resume")
        paused_on = subscription.paused_on
        if paused_on is None or not paused_on <= on <= today:
            raise BillingError(
                f"on must be a day from {paused_on} to {today}, not {on}; resume on the day itself"
            )
        move_subscription(subscription, "resume", paused_on=None)
        for item in find_ended_by(subscription, EndCause.PAUSE):
            follow_item(item, subscription, on)
        set_due(account.id)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor)
        record_event(
            kind="subscription.resumed",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"on": on.isoformat()},
        )
    return subscription
