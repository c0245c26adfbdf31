"""Take an add-on out of a contract from a day on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.claim_subscription import claim_to_change
from quarterday.services.subscriptions.drop_setup import drop_setup
from quarterday.services.subscriptions.end_item import end_item
from quarterday.services.subscriptions.find_items import find_open, with_commitments
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import EndCause, ItemRole, SubscriptionItem


def remove_addon(
    *,
    subscription_id: int,
    item_id: int,
    today: date,
    now: datetime,
    on: date | None = None,
    actor: str = "system",
) -> SubscriptionItem:
    """End an add-on on a day (exclusive), today by default, and credit its unused days.

    Removing it again on the same day changes nothing. Raises `NotFound`, `IllegalMove`,
    `Conflict` when it ends on another day, and `BillingError` for an item that is no add-on.
    """
    on = on or today
    with transaction.atomic():
        account, subscription = claim_to_change(subscription_id)
        rows = subscription.items.select_related("price__plan__product")
        item = rows.filter(id=item_id).first()
        if item is None:
            raise NotFound(f"subscription {subscription} has no item with the key {item_id}")
        if item.role != ItemRole.ADDON:
            raise BillingError("only add-ons are removed; cancel the subscription, or change plan")
        if item.end_on == on:
            return item
        for each in with_commitments([item, *_commitments(find_open(subscription))], [item]):
            end_item(each, on=on, today=today, cause=EndCause.CHANGE)
            drop_setup(each)
        set_due(account.id)
        record_event(
            kind="subscription.addon_removed",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"price": item.price.public_id, "on": on.isoformat()},
        )
    return item


def _commitments(items: list[SubscriptionItem]) -> list[SubscriptionItem]:
    return [item for item in items if item.role == ItemRole.COMMITMENT]
