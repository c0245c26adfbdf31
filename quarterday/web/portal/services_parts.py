"""What a service consists of, seen from a day: its plan, what was added, and what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.services.subscriptions.item_due import make_schedule
from quarterday.store.models import ItemRole, Plan, Subscription, SubscriptionItem
from quarterday.web.kit.prices import PriceWords, describe_price


class Part(NamedTuple):
    """One plan of a service, from a day to a day (exclusive), with the items that charge it."""

    plan: Plan
    quantity: Decimal
    items: tuple[SubscriptionItem, ...]
    start_on: date
    end_on: date | None

    @property
    def last_on(self) -> date | None:
        """The last day that it serves."""
        return self.end_on and self.end_on - timedelta(days=1)

    @property
    def item_ids(self) -> tuple[int, ...]:
        """The keys of its items, without what belongs to them by itself."""
        return tuple(one.id for one in self.items if one.role != ItemRole.COMMITMENT)

    @property
    def counted_ids(self) -> tuple[int, ...]:
        """The keys of the items that have a quantity."""
        return tuple(one.id for one in self._charging if one.price.meter_id is None)

    @property
    def is_by_piece(self) -> bool:
        """Whether its price depends on the quantity."""
        counted = [one.price for one in self._charging if one.price.meter_id is None]
        return any(price.model["model"] != "flat" for price in counted)

    @property
    def prices(self) -> list[tuple[str, PriceWords]]:
        """Each price in words; what is measured has a name."""
        return [
            (one.price.meter.name if one.price.meter else "", describe_price(one.price))
            for one in self._charging
        ]

    @property
    def _charging(self) -> list[SubscriptionItem]:
        return [one for one in self.items if one.role != ItemRole.COMMITMENT]


@dataclass(slots=True)
class Parts:
    """The parts of a service on a day. ``base`` is what it is, or was at the end."""

    base: Part | None = None
    planned: Part | None = None
    addons: list[Part] = field(default_factory=list)
    coming: list[Part] = field(default_factory=list)
    period: Period | None = None

    def find_addon(self, plan_id: str) -> Part | None:
        """The add-on of a plan by its public id, one that runs before one that is planned."""
        found = (one for one in (*self.addons, *self.coming) if one.plan.public_id == plan_id)
        return next(found, None)

    def is_leaving(self, part: Part) -> bool:
        """Whether an add-on ends while the service goes on, and nothing follows it."""
        follows = [one for one in self.coming if one.plan.id == part.plan.id]
        return part.end_on is not None and not follows


def sort_parts(subscription: Subscription, items: Sequence[SubscriptionItem], today: date) -> Parts:
    """The parts of a service: those that run today, and those that are planned."""
    parts = Parts()
    running = [one for one in items if _runs(one, today)]
    coming = [one for one in items if one.start_on > today and one.end_on != one.start_on]
    base = _group(running, ItemRole.BASE)
    planned = _group(coming, ItemRole.BASE)
    if not base and planned:
        base, planned = planned[:1], planned[1:]
    if not base:
        last = [one for one in items if one.role == ItemRole.BASE]
        end = max((one.end_on or today for one in last), default=today)
        base = _group([one for one in last if one.end_on == end], ItemRole.BASE)
    parts.base = base[0] if base else None
    parts.planned = planned[-1] if planned else None
    parts.addons = _group(running, ItemRole.ADDON)
    parts.coming = _group(coming, ItemRole.ADDON)
    parts.period = _period(subscription, parts.base, today)
    return parts


def _runs(item: SubscriptionItem, today: date) -> bool:
    return item.start_on <= today and (item.end_on is None or today < item.end_on)


def _group(items: Sequence[SubscriptionItem], role: ItemRole) -> list[Part]:
    """Items of a role by plan and days, with the commitments of the same prices."""
    found: dict[tuple[int, date, date | None], list[SubscriptionItem]] = {}
    for item in items:
        if item.role == role:
            key = (item.price.plan_id, item.start_on, item.end_on)
            found.setdefault(key, []).append(item)
    return [_make_part(own) for own in found.values()]


def _make_part(items: Sequence[SubscriptionItem]) -> Part:
    first = items[0]
    counted = next((one for one in items if one.price.meter_id is None), first)
    return Part(first.price.plan, counted.quantity, tuple(items), first.start_on, first.end_on)


def _period(subscription: Subscription, base: Part | None, today: date) -> Period | None:
    """The period in which the service is, cut to its trial and its end."""
    if base is None or today < subscription.start_on:
        return None
    end = subscription.end_on
    if end is not None and end <= today:
        return None
    if subscription.trial_end is not None and today < subscription.trial_end:
        return Period(subscription.start_on, subscription.trial_end)
    whole = make_schedule(base.items[0]).containing(today)
    return Period(max(whole.start, subscription.start_on), min(whole.end, end or whole.end))
