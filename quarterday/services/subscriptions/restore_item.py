"""Let an item go on as if its end had not been planned."""

from __future__ import annotations

from quarterday.services.subscriptions.drop_setup import restore_setup
from quarterday.services.subscriptions.follow_item import follow_item
from quarterday.store.models import (
    ChargeStatus,
    EndCause,
    PendingCharge,
    Subscription,
    SubscriptionItem,
)


def restore_item(item: SubscriptionItem, subscription: Subscription) -> None:
    """Give an item back the end that it had, or a successor where its days were credited."""
    end, former = item.end_on, item.former_end_on
    assert end is not None
    credits = PendingCharge.objects.filter(
        account_id=item.account_id, item=item, kind="unused", period_start__gte=end
    )
    if former is not None:
        credits = credits.filter(period_end__lte=former)
    if credits.filter(status=ChargeStatus.BILLED).exists():
        follow_item(item, subscription, end)
        return
    credits.filter(status=ChargeStatus.PENDING).update(status=ChargeStatus.VOID)
    cause = None if former is None else EndCause.CHANGE
    rows = SubscriptionItem.objects.filter(id=item.id)
    rows.update(end_on=former, former_end_on=None, end_cause=cause)
    restore_setup(item)
