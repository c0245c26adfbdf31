"""Start the contracts of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from quarterday.services.orders.choose_items import Chosen
from quarterday.services.orders.plan_order import contract_settings
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import Account, Discount, Subscription


def start_contracts(
    account: Account,
    chosen: Sequence[Chosen],
    discounts: Sequence[Discount],
    *,
    today: date,
    now: datetime,
    actor: str,
) -> list[Subscription]:
    """A subscription for each plan with its options and add-ons, within the open transaction.

    Services are not asked for yet: that is for what starts the order.
    """
    found = []
    for one in chosen:
        subscription = start_subscription(
            account_id=account.id,
            plan=one.plan,
            start_on=today,
            today=today,
            now=now,
            prices=one.prices,
            quantity=one.quantity,
            discounts=discounts,
            settings=contract_settings(one.plan),
            actor=actor,
            is_waiting=True,
        )
        for addition in one.additions:
            add_addon(
                subscription_id=subscription.id,
                price=addition.price,
                quantity=addition.quantity,
                today=today,
                now=now,
                on=today,
                actor=actor,
            )
        found.append(subscription)
    return found
