"""Agree on a discount for a subscription."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.store.models import Discount, Subscription, SubscriptionDiscount


def grant_discount(
    *,
    subscription_id: int,
    discount: Discount,
    start_on: date,
    now: datetime,
    end_on: date | None = None,
    actor: str = "system",
) -> SubscriptionDiscount:
    """Let a discount count for periods that have days from ``start_on`` to ``end_on`` (exclusive).

    Granting it again alike returns what there is; raises `Conflict` when the days differ, and
    `BillingError` for a discount that cannot be granted that day or is of another seller.
    """
    if end_on is not None and end_on <= start_on:
        raise BillingError(f"end_on {end_on} must come after start_on {start_on}")
    with transaction.atomic():
        account, subscription = claim_subscription(subscription_id)
        known = subscription.discounts.filter(discount=discount).first()
        if known:
            if (known.start_on, known.end_on) != (start_on, end_on):
                raise Conflict(
                    f"discount {discount.code} is granted from {known.start_on} to "
                    f"{known.end_on or 'further notice'} already; a discount is granted once"
                )
            return known
        (row,) = make_grants(subscription, [discount], start_on)
        row.end_on = end_on
        row.save(force_insert=True)
        record_event(
            kind="discount.granted",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"discount": discount.code},
        )
    return row


def make_grants(
    subscription: Subscription, discounts: Sequence[Discount], on: date
) -> list[SubscriptionDiscount]:
    """Rows that grant discounts from a day, not yet written; checked."""
    account = subscription.account
    for discount in discounts:
        if discount.seller_id != account.seller_id:
            raise BillingError(f"discount {discount.code} is of another seller; choose one of its")
        if discount.currency not in ("", account.currency):
            raise BillingError(
                f"discount {discount.code} is in {discount.currency}, but account {account} is "
                f"billed in {account.currency}; choose one in its currency"
            )
        early = discount.valid_from is not None and on < discount.valid_from
        if early or (discount.valid_end is not None and on >= discount.valid_end):
            raise BillingError(
                f"discount {discount.code} can be granted from {discount.valid_from or 'ever'} to "
                f"{discount.valid_end or 'further notice'}, not on {on}; choose another day"
            )
    return [
        SubscriptionDiscount(subscription=subscription, discount=discount, start_on=on)
        for discount in discounts
    ]
