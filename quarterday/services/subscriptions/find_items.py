"""The items of a subscription that a change has to do with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from quarterday.core.errors import BillingError
from quarterday.core.period import Anchoring, Cadence, Schedule, Unit
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.subscriptions.item_due import make_schedule
from quarterday.store.models import EndCause, ItemRole, Plan, Subscription, SubscriptionItem


def find_open(subscription: Subscription) -> list[SubscriptionItem]:
    """Items without an end, with their prices and plans; those that changes are made to."""
    return _ordered(subscription, Q(end_on__isnull=True))


def find_running(subscription: Subscription, since: date) -> list[SubscriptionItem]:
    """Items that run on some day from ``since`` on, planned ones included."""
    return _ordered(subscription, Q(end_on__isnull=True) | Q(end_on__gt=since))


def find_ended_by(subscription: Subscription, cause: EndCause) -> list[SubscriptionItem]:
    """Items that a pause or a cancellation ended, and that nothing has replaced since."""
    return _ordered(subscription, Q(end_cause=cause))


def _ordered(subscription: Subscription, condition: Q) -> list[SubscriptionItem]:
    rows = SubscriptionItem.objects.filter(condition, subscription=subscription)
    return list(rows.select_related("price__plan__product").order_by("id"))


def choose_item(
    items: Sequence[SubscriptionItem], subscription: Subscription, item_id: int | None
) -> SubscriptionItem:
    """The open item with a key, or the base item that recurs when there is just one.

    Raises `NotFound`, `Conflict` for an item that has ended, and `BillingError` when it is not
    clear which is meant.
    """
    if item_id is None:
        base = [i for i in items if i.role == ItemRole.BASE and i.price.meter_id is None]
        if len(base) != 1:
            raise BillingError(
                f"subscription {subscription} has {len(base)} base items; name one by item_id"
            )
        return base[0]
    for item in items:
        if item.id == item_id:
            return item
    ended = SubscriptionItem.objects.filter(id=item_id, subscription=subscription).first()
    if ended is None:
        raise NotFound(f"subscription {subscription} has no item with the key {item_id}")
    raise Conflict(f"the item ends on {ended.end_on} already; choose the one that follows it")


def with_commitments(
    items: Sequence[SubscriptionItem], chosen: Sequence[SubscriptionItem]
) -> list[SubscriptionItem]:
    """Some items, and the minimum commitments that belong to them."""
    prices = {item.price_id for item in chosen}
    keys = {item.id for item in chosen}
    return [
        item
        for item in items
        if item.id in keys or (item.role == ItemRole.COMMITMENT and item.price_id in prices)
    ]


def schedule_of(items: Sequence[SubscriptionItem], plan: Plan, begin: date) -> Schedule:
    """The boundaries for prices of a plan that join a contract on a day.

    With the cadence of the contract they share its boundaries, so that one invoice bills both;
    with another they follow the plan from the day on which billing begins.
    """
    cadence = Cadence(plan.cadence_count, Unit(plan.cadence_unit))
    for item in items:
        if item.role == ItemRole.BASE and make_schedule(item).cadence == cadence:
            return make_schedule(item)
    return plan_schedule(plan, begin)


def plan_schedule(plan: Plan, begin: date) -> Schedule:
    """The boundaries of a plan for a contract that begins on a day."""
    cadence = Cadence(plan.cadence_count, Unit(plan.cadence_unit))
    return Schedule.anchored(begin, cadence, Anchoring(plan.anchoring), plan.anchor_day)
