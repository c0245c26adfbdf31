"""Add something to a contract from a day on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.exact import ONE
from quarterday.core.money import plain
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.add_items import add_items
from quarterday.services.subscriptions.claim_subscription import claim_to_change
from quarterday.services.subscriptions.find_items import find_running, schedule_of
from quarterday.services.subscriptions.make_items import (
    Span,
    check_quantity,
    choose_prices,
    make_items,
)
from quarterday.store.models import ItemRole, Price, SubscriptionItem


def add_addon(
    *,
    subscription_id: int,
    price: Price,
    today: date,
    now: datetime,
    quantity: Decimal = ONE,
    on: date | None = None,
    charge_setup: bool = True,
    actor: str = "system",
) -> SubscriptionItem:
    """Add an item to a subscription from a day on, today by default.

    With the cadence of the contract it shares its boundaries, so its first days are prorated; a
    trial covers it too. A price is added once: asking again for the same returns it, and raises
    `Conflict` when it runs with another quantity or from another day. Raises `NotFound`,
    `IllegalMove`, and `BillingError` for bad input.
    """
    check_quantity(quantity)
    on = on or today
    with transaction.atomic():
        account, subscription = claim_to_change(subscription_id)
        if on < subscription.start_on:
            raise BillingError(
                f"an add-on cannot begin on {on}, before its subscription; "
                f"choose {subscription.start_on} or later"
            )
        choose_prices(account, price.plan, [price], on)
        running = find_running(subscription, on)
        for item in running:
            if item.role == ItemRole.ADDON and item.price_id == price.id:
                return _check_same(item, quantity, on)
        begin = max(on, subscription.trial_end or on)
        schedule = schedule_of(running, price.plan, begin)
        addon = ItemRole.ADDON
        items = make_items(subscription, [price], quantity, Span(on, begin), schedule, addon)
        add_items(account, subscription, items, price.plan, charge_setup)
        record_event(
            kind="subscription.addon_added",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"price": price.public_id, "on": on.isoformat()},
        )
    return items[0]


def _check_same(item: SubscriptionItem, quantity: Decimal, on: date) -> SubscriptionItem:
    asked = (ONE if item.price.meter_id else quantity, on, None)
    if (item.quantity, item.start_on, item.end_on) != asked:
        raise Conflict(
            f"the subscription has {plain(item.quantity)} of {item.price.code} from "
            f"{item.start_on} to {item.end_on or 'further notice'}; change that, or begin later"
        )
    return item
