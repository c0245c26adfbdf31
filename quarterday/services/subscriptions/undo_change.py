"""Take back a change of plan, quantity or add-on before its day has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.claim_subscription import claim_to_change
from quarterday.services.subscriptions.drop_setup import drop_setup
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import find_open, with_commitments
from quarterday.services.subscriptions.restore_item import restore_item
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, ItemRole, Plan, Subscription, SubscriptionItem


def undo_change(
    *,
    subscription_id: int,
    today: date,
    now: datetime,
    item_ids: Sequence[int] = (),
    actor: str = "system",
) -> date:
    """Let items that are to end by a planned change go on instead; the day on which that was.

    Without ``item_ids`` they are those of the plan. What was to follow them never begins, and is
    credited where it was billed in advance. Raises `NotFound` where nothing is planned, so that
    doing it twice changes nothing more, and `IllegalMove`.
    """
    with transaction.atomic():
        account, subscription = claim_to_change(subscription_id)
        leaving = _find_leaving(subscription, today, item_ids)
        if not leaving:
            raise NotFound("nothing is planned that could be taken back; look at the service again")
        on = leaving[0].end_on
        assert on is not None
        for item in _find_following(subscription, leaving, on):
            end_item(item, on=on, today=today, cause=EndCause.CHANGE)
            drop_setup(item)
        for item in leaving:
            restore_item(item, subscription)
        if (base := next((i for i in leaving if i.role == ItemRole.BASE), None)) is not None:
            planned, subscription.plan = subscription.plan, base.price.plan
            subscription.anchor_on, subscription.anchor_day = base.anchor_on, base.anchor_day
            subscription.save(update_fields=["plan", "anchor_on", "anchor_day"])
            _tell(subscription, planned, on, now)
        set_due(account.id)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor)
        record_event(
            kind="subscription.change_undone",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"on": on.isoformat()},
        )
    return on


def _tell(subscription: Subscription, planned: Plan, on: date, now: datetime) -> None:
    """Tell the account that another plan than it was told of holds from the day."""
    if planned == subscription.plan:
        return
    queue_message(
        kind="plan_changed",
        account=subscription.account,
        subject=subscription.public_id,
        occasion=now.isoformat(),
        now=now,
        on=on,
        data={
            "change": {"before": planned.name, "after": subscription.plan.name},
            "service": {"on": on.isoformat()},
        },
    )


def _find_leaving(
    subscription: Subscription, today: date, item_ids: Sequence[int]
) -> list[SubscriptionItem]:
    """The items that run and end by the next planned change, with their commitments."""
    rows = subscription.items.filter(
        end_on__gt=today, start_on__lte=today, end_cause=EndCause.CHANGE
    )
    found = list(rows.select_related("price__plan__product").order_by("id"))
    if item_ids:
        chosen = [item for item in found if item.id in item_ids]
    else:
        chosen = [item for item in found if item.role == ItemRole.BASE]
    if not chosen:
        return []
    together = [item for item in found if item.end_on == chosen[0].end_on]
    return with_commitments(together, [item for item in chosen if item in together])


def _find_following(
    subscription: Subscription, leaving: Sequence[SubscriptionItem], on: date
) -> list[SubscriptionItem]:
    """The items that were to take their place on the day, with their commitments."""
    items = [item for item in find_open(subscription) if item.start_on == on]
    if any(item.role == ItemRole.BASE for item in leaving):
        chosen = [item for item in items if item.role == ItemRole.BASE]
    else:
        prices = {item.price_id for item in leaving}
        chosen = [item for item in items if item.price_id in prices]
    return with_commitments(items, chosen)
