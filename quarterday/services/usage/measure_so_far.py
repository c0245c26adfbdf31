"""What a contract has used in the period that runs, and what that costs so far."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from quarterday.core.metering import Aggregation, Measurement, aggregate, to_quantity
from quarterday.core.period import Period
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.rate_usage import StoredUsage
from quarterday.services.subscriptions.item_due import make_item_row
from quarterday.store.models import Account, Subscription, SubscriptionItem
from quarterday.store.queries.usage import load_usage

_CHARTED = 62


class UsedOn(NamedTuple):
    """What was used on one day."""

    on: date
    quantity: Decimal


class UsedSoFar(NamedTuple):
    """The usage of an item in its period up to today; ``amount_minor`` is before discounts and
    in the terms of the price. ``explanation`` is that of the line that would bill it now.
    """

    item: SubscriptionItem
    period: Period
    quantity: Decimal
    amount_minor: int
    days: list[UsedOn]
    explanation: dict[str, Any]

    @property
    def free_left(self) -> Decimal:
        """What is left of the free units."""
        return max(Decimal(0), self.item.price.free_units - self.quantity)


def measure_so_far(
    account: Account, subscription: Subscription, items: Sequence[SubscriptionItem], today: date
) -> list[UsedSoFar]:
    """The usage of metered items that run today, with their price, meter and plan loaded.

    Two reads for each of them. Raises `BillingError` where what was measured has no price.
    """
    metered = [item for item in items if item.price.meter_id and _runs(item, today)]
    catalog = Catalog()
    for item in metered:
        catalog.keep_price(item.price)
    return [_measure(account, subscription, item, today, catalog) for item in metered]


def _runs(item: SubscriptionItem, today: date) -> bool:
    ended = item.end_on is not None and item.end_on <= today
    return item.role != "commitment" and item.start_on <= today and not ended


def _measure(
    account: Account, subscription: Subscription, item: SubscriptionItem, today: date, c: Catalog
) -> UsedSoFar:
    row = make_item_row(item, subscription)
    whole = row.schedule.containing(today)
    start = max(whole.start, item.billed_through, item.start_on)
    end = whole.end if item.end_on is None else min(whole.end, item.end_on)
    part = Period(min(start, today), today + timedelta(days=1))
    rated = StoredUsage(c).rate_period(account.seller_id, row, c.price(item.price_id), part, whole)
    days = _by_day(item, part, ZoneInfo(c.seller(account.seller_id).time_zone))
    facts = json.loads(rated.amount.explanation)
    return UsedSoFar(item, Period(part.start, end), rated.quantity, rated.amount.minor, days, facts)


def _by_day(item: SubscriptionItem, part: Period, zone: ZoneInfo) -> list[UsedOn]:
    """Each day of the period by itself, as its meter counts."""
    kind = Aggregation(item.price.meter.aggregation if item.price.meter else Aggregation.SUM)
    carried = kind is Aggregation.TIME_WEIGHTED
    rows, _ = load_usage(
        item.subscription_id, item.price.meter_id or 0, None if carried else part.start, part.end
    )
    of_day: dict[date, list[Measurement]] = {}
    level = Decimal(0)
    for row in rows:
        if row.on < part.start:
            level += row.measurement.value
        else:
            of_day.setdefault(row.on, []).append(row.measurement)
    found = []
    for n in range(min(part.days, _CHARTED)):
        on = part.start + timedelta(days=n)
        start, end = (datetime.combine(on + timedelta(days=k), time(), zone) for k in (0, 1))
        measured = of_day.get(on, [])
        quantity = aggregate(kind, measured, start, end, level if carried else Decimal(0))
        level += sum((one.value for one in measured), Decimal(0))
        found.append(UsedOn(on, to_quantity(quantity)))
    return found
