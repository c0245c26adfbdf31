"""Work out what is wanted of a subscription's service today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q

from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.service import ServiceCondition, derive_condition
from quarterday.store.models import (
    ItemRole,
    Order,
    OrderStatus,
    ServiceHold,
    Subscription,
    SubscriptionItem,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a service is to be today, and when that changes next by itself."""

    condition: ServiceCondition
    plan_id: int
    changes_at: datetime | None = None


def read_wanted(subscription: Subscription, today: date) -> Wanted:
    """What the contract and its holds ask for. Its account must be claimed where it is written."""
    holds = ServiceHold.objects.filter(subscription=subscription, ended_at__isnull=True)
    condition = derive_condition(
        subscription.status,
        start_on=subscription.start_on,
        today=today,
        holds=holds.values_list("level", flat=True),
        is_waiting=_is_waiting(subscription),
    )
    plan_id, changes_on = _find_plan(subscription, today)
    is_early = subscription.status == SubscriptionState.CANCELLING and subscription.start_on > today
    days = [day for day in (changes_on, subscription.start_on if is_early else None) if day]
    if condition is ServiceCondition.TERMINATED or not days:
        return Wanted(condition, plan_id)
    zone = ZoneInfo(subscription.account.seller.time_zone)
    return Wanted(condition, plan_id, datetime.combine(min(days), time(), zone))


def _is_waiting(subscription: Subscription) -> bool:
    """Whether it was ordered and waits to be paid, though somebody has set its last day."""
    if subscription.status != SubscriptionState.CANCELLING:
        return False
    rows = Order.objects.filter(account_id=subscription.account_id, status=OrderStatus.PENDING)
    return any(subscription.public_id in one.subscriptions for one in rows)


def _find_plan(subscription: Subscription, today: date) -> tuple[int, date | None]:
    """The plan of the base items that run today, and the day on which another one begins."""
    items = SubscriptionItem.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gt=today), subscription=subscription, role=ItemRole.BASE
    )
    rows = list(items.order_by("start_on", "id").values_list("start_on", "price__plan_id"))
    running = [plan for start, plan in rows if start <= today]
    plan_id = running[-1] if running else subscription.plan_id
    later = [start for start, plan in rows if start > today and plan != plan_id]
    return plan_id, later[0] if running and later else None
