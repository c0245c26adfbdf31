"""Write new items of a subscription, with their setup fees, and say when they are due."""

from __future__ import annotations

from collections.abc import Sequence

from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.subscriptions.item_due import make_item_row, next_due
from quarterday.services.subscriptions.make_items import make_setup_charge
from quarterday.services.subscriptions.set_due import add_due
from quarterday.store.models import (
    Account,
    PendingCharge,
    Plan,
    Subscription,
    SubscriptionItem,
)
from quarterday.store.queries.billing import load_accounts


def add_items(
    account: Account,
    subscription: Subscription,
    items: Sequence[SubscriptionItem],
    plan: Plan,
    charge_setup: bool,
    catalog: Catalog | None = None,
) -> None:
    """Write items of a claimed account; a setup fee goes on the first invoice of its item."""
    catalog = catalog or Catalog()
    catalog.load_prices({item.price_id for item in items})
    SubscriptionItem.objects.bulk_create(items)
    row = load_accounts([account.id])[account.id]
    days = [next_due(catalog, row, make_item_row(item, subscription)) for item in items]
    if charge_setup:
        made = [
            make_setup_charge(item, plan, day or item.start_on)
            for item, day in zip(items, days, strict=True)
        ]
        PendingCharge.objects.bulk_create(charge for charge in made if charge)
    add_due(account.due, days)
