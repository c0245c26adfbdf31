"""Take a cancellation back before its day has come."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.lifecycle import IllegalMove, move
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.find_items import find_ended_by
from quarterday.services.subscriptions.move_subscription import move_subscription
from quarterday.services.subscriptions.restore_item import restore_item
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, Subscription


def undo_cancel(
    *,
    subscription_id: int,
    today: date,
    now: datetime,
    actor: str = "system",
) -> Subscription:
    """Let a subscription go on as if it had not been cancelled.

    Credits for its unused days are dropped; where one stands on a document already, the item goes
    on in a new one that bills those days again. Raises `NotFound`, and `IllegalMove` unless it is
    cancelling and its day has not come.
    """
    with transaction.atomic():
        account, subscription = claim_subscription(subscription_id)
        verb = _verb(subscription, today)
        move("subscription", subscription.status, verb)
        end = subscription.end_on
        if end is None or end <= today:
            raise IllegalMove(f"the subscription ended on {end}; start a new one")
        for item in find_ended_by(subscription, EndCause.CANCEL):
            restore_item(item, subscription)
        move_subscription(subscription, verb, end_on=None, cancel_reason="")
        set_due(account.id)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor)
        record_event(
            kind="subscription.cancel_undone",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
        )
    return subscription


def _verb(subscription: Subscription, today: date) -> str:
    if subscription.start_on > today:
        return "return_to_pending"
    if subscription.trial_end is not None and subscription.trial_end > today:
        return "return_to_trial"
    return "undo_cancel"
