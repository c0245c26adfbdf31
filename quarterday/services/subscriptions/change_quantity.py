"""Change how many of something a contract has, from a day on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from quarterday.core.money import plain
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.claim_subscription import claim_to_change
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import choose_item, find_open
from quarterday.services.subscriptions.item_due import make_schedule
from quarterday.services.subscriptions.make_items import Span, check_quantity, make_item
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, Subscription, SubscriptionItem


def change_quantity(
    *,
    subscription_id: int,
    quantity: Decimal,
    today: date,
    now: datetime,
    item_id: int | None = None,
    on: date | None = None,
    actor: str = "system",
) -> SubscriptionItem:
    """Give an item another quantity from a day on, today by default; the item that follows it.

    Without ``item_id`` it is the base item. Days that were billed at the old quantity are
    credited, the new item bills them at the new one. The quantity that it has already changes
    nothing. Raises `NotFound`, `IllegalMove`, `Conflict`, and `BillingError` for bad input.
    """
    check_quantity(quantity)
    on = on or today
    with transaction.atomic():
        account, subscription = claim_to_change(subscription_id)
        try:
            item = choose_item(find_open(subscription), subscription, item_id)
        except Conflict:
            if item_id is not None and (again := _find_done(subscription, item_id, quantity, on)):
                return again
            raise
        if item.quantity == quantity and item.start_on <= on:
            return item
        ended = end_item(item, on=on, today=today, cause=EndCause.CHANGE)
        span = Span(on, ended.bill_from)
        new = make_item(subscription, item.price, quantity, span, make_schedule(item), item.role)
        new.save(force_insert=True)
        set_due(account.id)
        record_event(
            kind="subscription.quantity_changed",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"from": plain(item.quantity), "to": plain(quantity), "on": on.isoformat()},
        )
    return new


def _find_done(
    subscription: Subscription, item_id: int, quantity: Decimal, on: date
) -> SubscriptionItem | None:
    """The item that this very change made when it was asked for before."""
    old = SubscriptionItem.objects.get(id=item_id)
    rows = subscription.items.filter(
        price_id=old.price_id, role=old.role, start_on=on, quantity=quantity, end_on=None
    )
    return rows.first()
