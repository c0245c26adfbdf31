"""Work out what is wanted of a subscription's service today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    return read_all_wanted([subscription], today)[subscription.id]


def read_all_wanted(subscriptions: Sequence[Subscription], today: date) -> dict[int, Wanted]:
    """The same for many contracts by their keys, in as many queries as for one."""
    keys = [one.id for one in subscriptions]
    held: dict[int, list[str]] = defaultdict(list)
    holds = ServiceHold.objects.filter(subscription__in=keys, ended_at__isnull=True)
    for key, level in holds.values_list("subscription_id", "level"):
        held[key].append(level)
    items = _read_items(keys, today)
    return {one.id: _derive(one, held[one.id], items[one.id], today) for one in subscriptions}


def _derive(
    subscription: Subscription, holds: Sequence[str], items: Sequence[tuple[date, int]], today: date
) -> Wanted:
    condition = derive_condition(
        subscription.status,
        start_on=subscription.start_on,
        today=today,
        holds=holds,
        is_waiting=_is_waiting(subscription),
    )
    plan_id, changes_on = _find_plan(subscription, items, today)
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


def _read_items(keys: Sequence[int], today: date) -> Mapping[int, list[tuple[date, int]]]:
    """The base items that have not ended, by contract: the first day and the plan of each."""
    rows = SubscriptionItem.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gt=today), subscription__in=keys, role=ItemRole.BASE
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    values = rows.order_by("start_on", "id").values_list(
        "subscription_id", "start_on", "price__plan_id"
    )
    for key, start, plan in values:
        found[key].append((start, plan))
    return found


def _find_plan(
    subscription: Subscription, items: Sequence[tuple[date, int]], today: date
) -> tuple[int, date | None]:
    """The plan of the base items that run today, and the day on which another one begins."""
    running = [plan for start, plan in items if start <= today]
    plan_id = running[-1] if running else subscription.plan_id
    later = [start for start, plan in items if start > today and plan != plan_id]
    return plan_id, later[0] if running and later else None
