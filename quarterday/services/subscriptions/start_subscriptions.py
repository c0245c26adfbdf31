"""Start many contracts at once, for accounts that nobody else can see yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.provisioning.follow_moves import begin_services
from quarterday.services.subscriptions.grant_discount import make_grants
from quarterday.services.subscriptions.item_due import make_item_row, next_due
from quarterday.services.subscriptions.make_items import make_setup_charge
from quarterday.services.subscriptions.plan_contract import Planned
from quarterday.store.bulk import insert_rows, to_column
from quarterday.store.fields import dump_data
from quarterday.store.models import (
    Event,
    PendingCharge,
    Subscription,
    SubscriptionDiscount,
    SubscriptionItem,
)
from quarterday.store.queries.billing import load_accounts
from quarterday.store.queries.raw import execute_many

_EVENT = ("seller_id", "account_id", "kind", "subject", "actor", "at", "data")


def start_subscriptions(
    planned: Sequence[Planned], *, now: datetime, catalog: Catalog, actor: str = "system"
) -> None:
    """Write contracts that were planned, within one transaction and with few statements.

    What `start_subscription` does for each, except that it claims no account: they were opened
    in this very transaction, so that no billing run knows of them.
    """
    if not planned:
        return
    with transaction.atomic():
        Subscription.objects.bulk_create([one.subscription for one in planned])
        items = [item for one in planned for item in one.items]
        for item in items:
            item.account_id = item.subscription.account_id
        SubscriptionItem.objects.bulk_create(items)
        _charge_and_set_due(planned, catalog)
        SubscriptionDiscount.objects.bulk_create(
            grant
            for one in planned
            if one.contract.discounts
            for grant in make_grants(
                one.subscription, one.contract.discounts, one.contract.start_on
            )
        )
        _tell(planned, actor, now)
        begin_services(planned, now=now, actor=actor)


def _charge_and_set_due(planned: Sequence[Planned], catalog: Catalog) -> None:
    """Setup fees on the first invoice of their item, and the day of that for each account."""
    accounts = load_accounts(sorted({one.subscription.account_id for one in planned}))
    catalog.load_prices({item.price_id for one in planned for item in one.items})
    due: dict[int, list[date]] = defaultdict(list)
    charges = []
    for one in planned:
        account = accounts[one.subscription.account_id]
        for item in one.items:
            day = next_due(catalog, account, make_item_row(item, one.subscription))
            if day is not None:
                due[account.id].append(day)
            if one.charge_setup:
                plan = one.contract.plan
                charges.append(make_setup_charge(item, plan, day or item.start_on))
    PendingCharge.objects.bulk_create(charge for charge in charges if charge)
    execute_many(
        "UPDATE store_billingdue SET bill_on = %s "
        "WHERE account_id = %s AND (bill_on IS NULL OR bill_on > %s)",
        [(to_column(min(days)), key, to_column(min(days))) for key, days in due.items()],
    )


def _tell(planned: Sequence[Planned], actor: str, now: datetime) -> None:
    at = connection.ops.adapt_datetimefield_value(now)
    rows = []
    for one in planned:
        row, contract = one.subscription, one.contract
        data = {"plan": contract.plan.code, "start_on": contract.start_on.isoformat()}
        rows.append(
            (
                row.account.seller_id,
                row.account_id,
                "subscription.started",
                row.public_id,
                actor,
                at,
                dump_data(data),
            )
        )
    insert_rows(Event, _EVENT, rows)
