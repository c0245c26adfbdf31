"""The rows that an order will write, made and not written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.orders.choose_items import Addition, Chosen
from quarterday.services.subscriptions.find_items import schedule_of
from quarterday.services.subscriptions.grant_discount import make_grants
from quarterday.services.subscriptions.item_due import make_item_row, next_due
from quarterday.services.subscriptions.make_items import (
    Span,
    choose_prices,
    make_items,
    make_setup_charge,
)
from quarterday.services.subscriptions.plan_contract import Contract, plan_contract
from quarterday.store.models import (
    Account,
    Discount,
    ItemRole,
    PendingCharge,
    Plan,
    Price,
    Subscription,
    SubscriptionItem,
)
from quarterday.store.queries.billing import AccountRow, ItemRow


@dataclass(slots=True)
class PlannedOrder:
    """Contracts with their items. Keys are below zero, so that nothing stored has them."""

    subscriptions: list[Subscription] = field(default_factory=list)
    items: list[SubscriptionItem] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)

    def rows(
        self, catalog: Catalog, account: AccountRow
    ) -> tuple[list[ItemRow], list[PendingCharge]]:
        """Items as the billing run reads them, and the setup fees on their first invoice."""
        rows, charges = [], []
        for item in self.items:
            row = make_item_row(item, item.subscription)
            day = next_due(catalog, account, row)
            charge = make_setup_charge(item, item.price.plan, day or item.start_on)
            rows.append(row)
            if charge is not None:
                charges.append(charge)
        return rows, charges


def plan_order(
    account: Account, chosen: Sequence[Chosen], discounts: Sequence[Discount], today: date
) -> PlannedOrder:
    """What `start_subscription` and `add_addon` would write for an order that begins today.

    Raises `BillingError` as they do.
    """
    planned = PlannedOrder()
    for one in chosen:
        contract = Contract(
            plan=one.plan,
            start_on=today,
            prices=one.prices,
            quantity=one.quantity,
            settings=contract_settings(one.plan),
        )
        _, subscription, items, _ = plan_contract(account, contract, today)
        subscription.id = -len(planned.subscriptions) - 1
        make_grants(subscription, discounts, today)
        base = list(items)
        for addition in one.additions:
            items += _plan_addition(account, subscription, base, addition, today)
        for item in items:
            item.subscription = subscription
            item.id = -len(planned.items) - 1
            planned.items.append(item)
        planned.subscriptions.append(subscription)
        planned.prices += [*one.prices, *(addition.price for addition in one.additions)]
        planned.keys[subscription.id] = one.key
    return planned


def contract_settings(plan: Plan) -> dict[str, Any]:
    """The settings of a contract that is ordered: nobody gets an invoice while their trial runs,
    so one that begins with a trial is billed when its periods begin, and not before.
    """
    return {"lead_days": 0} if plan.trial_days else {}


def _plan_addition(
    account: Account,
    subscription: Subscription,
    base: Sequence[SubscriptionItem],
    addition: Addition,
    today: date,
) -> list[SubscriptionItem]:
    """What `add_addon` would write."""
    price = addition.price
    choose_prices(account, price.plan, [price], today)
    begin = max(today, subscription.trial_end or today)
    schedule = schedule_of(base, price.plan, begin)
    span = Span(today, begin)
    return make_items(subscription, [price], addition.quantity, span, schedule, ItemRole.ADDON)
