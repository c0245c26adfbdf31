"""Let an item that a pause or a cancellation ended go on in a new one."""

from __future__ import annotations

from datetime import date

from quarterday.services.subscriptions.credit_unused import find_billed
from quarterday.services.subscriptions.end_item import first_unbilled
from quarterday.services.subscriptions.item_due import make_schedule
from quarterday.services.subscriptions.make_items import Span, make_item
from quarterday.store.models import EndCause, Subscription, SubscriptionItem


def follow_item(
    item: SubscriptionItem, subscription: Subscription, on: date
) -> SubscriptionItem | None:
    """Write the item that charges the same from a day on, up to the end that was planned.

    None where that end has passed. The old item is then done with for good.
    """
    SubscriptionItem.objects.filter(id=item.id).update(end_cause=EndCause.CHANGE)
    start, end = max(on, item.start_on), item.former_end_on
    if end is not None and end <= start:
        return None
    first = first_unbilled(item, find_billed(item, start), start)
    span = Span(start, first, end, EndCause.CHANGE if end else None)
    new = make_item(subscription, item.price, item.quantity, span, make_schedule(item), item.role)
    new.save(force_insert=True)
    return new
