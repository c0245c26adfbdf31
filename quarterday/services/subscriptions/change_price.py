"""Move a contract from a price to the one that takes its place, when a period of it begins."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.add_items import add_items
from quarterday.services.subscriptions.claim_subscription import claim_to_change
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import find_open
from quarterday.services.subscriptions.item_due import make_schedule
from quarterday.services.subscriptions.make_items import Span, make_items
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, ItemRole, Price, Subscription, SubscriptionItem


def change_price(
    *,
    subscription_id: int,
    old: Price,
    new: Price,
    not_before: date,
    today: date,
    now: datetime,
    actor: str = "system",
) -> date | None:
    """Charge what a contract has at one price by another of the same plan and currency.

    It counts from the first period that begins on ``not_before`` or later and is not billed yet,
    so nothing is credited or charged twice; setup fees are not charged again. Returns the first
    such day, or None when the contract no longer has the old price, so that doing it again
    changes nothing. Raises `NotFound`, `IllegalMove`, and `BillingError` for bad input.
    """
    if (old.plan_id, old.currency) != (new.plan_id, new.currency) or old.id == new.id:
        raise BillingError("the new price must be another one of the same plan and currency")
    with transaction.atomic():
        account, subscription = claim_to_change(subscription_id)
        leaving = [one for one in find_open(subscription) if one.price_id == old.id]
        first: date | None = None
        for item in leaving:
            if item.role == ItemRole.COMMITMENT:
                continue
            on = choose_day(item, max(not_before, today))
            _replace(subscription, leaving, item, new, on, today)
            first = on if first is None else min(first, on)
        if first is None:
            return None
        set_due(account.id)
        record_event(
            kind="subscription.price_changed",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"from": old.public_id, "to": new.public_id, "on": first.isoformat()},
        )
    return first


def choose_day(item: SubscriptionItem, not_before: date) -> date:
    """The first boundary of an item that is free to change."""
    begin = max(not_before, item.billed_through, item.start_on)
    return begin if begin == item.start_on else make_schedule(item).next_boundary(begin)


def _replace(
    subscription: Subscription,
    leaving: list[SubscriptionItem],
    item: SubscriptionItem,
    new: Price,
    on: date,
    today: date,
) -> None:
    """End an item and its commitment on a day, and let the new price follow them."""
    schedule = make_schedule(item)
    gone = [item, *(one for one in leaving if one.role == ItemRole.COMMITMENT)]
    ended = [
        end_item(one, on=on, today=today, cause=EndCause.CHANGE)
        for one in gone
        if one.end_on is None
    ]
    begin = max([on, *(one.bill_from for one in ended)])
    role = ItemRole(item.role)
    items = make_items(subscription, [new], item.quantity, Span(on, begin), schedule, role)
    add_items(subscription.account, subscription, items, new.plan, charge_setup=False)
