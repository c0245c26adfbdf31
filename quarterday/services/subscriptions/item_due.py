"""When an item is next to be billed, by the very functions of the billing run."""

from __future__ import annotations

from datetime import date

from quarterday.core.period import Cadence, Schedule, Unit
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import item_timing, plan_item, resolve_settings
from quarterday.store.fields import dump_data
from quarterday.store.models import Subscription, SubscriptionItem
from quarterday.store.queries.billing import AccountRow, ItemRow, read_settings


def make_schedule(item: SubscriptionItem) -> Schedule:
    """The boundaries of an item's contract."""
    cadence = Cadence(item.cadence_count, Unit(item.cadence_unit))
    return Schedule(item.anchor_on, cadence, item.anchor_day)


def make_item_row(item: SubscriptionItem, subscription: Subscription) -> ItemRow:
    """An item as the billing run reads it."""
    return ItemRow(
        id=item.id or 0,
        account_id=item.account_id,
        subscription_id=subscription.id,
        price_id=item.price_id,
        quantity=item.quantity,
        start_on=item.start_on,
        end_on=item.end_on,
        billed_through=item.billed_through,
        schedule=make_schedule(item),
        settings=read_settings(dump_data(subscription.settings)),
        role=item.role,
    )


def next_due(catalog: Catalog, account: AccountRow, item: ItemRow) -> date | None:
    """The day on which an item is next to be billed; None when nothing is left to bill.

    Its price must have been loaded into the catalogue.
    """
    price = catalog.price(item.price_id)
    settings = resolve_settings(catalog, account, item, price)
    planned = plan_item(
        item.schedule,
        item.start_on,
        item.end_on,
        item.billed_through,
        item_timing(item, price),
        date.min,  # long before anything is due, so that the first piece is the next one
        settings.lead_days,
        settings.billing_day,
    )
    return planned.next_on
