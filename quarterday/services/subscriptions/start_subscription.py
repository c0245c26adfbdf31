"""Start a contract: a subscription with its items, setup fees and discounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from quarterday.core.exact import ONE
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import check_same
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.messages.queue_welcome import queue_welcome
from quarterday.services.provisioning.set_wanted import begin_service
from quarterday.services.subscriptions.add_items import add_items
from quarterday.services.subscriptions.grant_discount import make_grants
from quarterday.services.subscriptions.plan_contract import Contract, check_open, plan_contract
from quarterday.store.models import (
    Discount,
    ItemRole,
    Plan,
    Price,
    Subscription,
    SubscriptionDiscount,
    SubscriptionItem,
)
from quarterday.store.queries.keys import find_subscription_key

_TERMS = "start_on trial_end settings data".split()


def start_subscription(
    *,
    account_id: int,
    plan: Plan,
    start_on: date,
    today: date,
    now: datetime,
    end_on: date | None = None,
    prices: Sequence[Price] | None = None,
    quantity: Decimal = ONE,
    trial_days: int | None = None,
    anchor_on: date | None = None,
    anchor_day: int | None = None,
    billed_through: date | None = None,
    discounts: Sequence[Discount] = (),
    external_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
    catalog: Catalog | None = None,
    is_waiting: bool = False,
) -> Subscription:
    """Start a subscription of a plan on a day, which may be past or to come.

    With ``end_on`` it is cancelled to that day from the beginning, which can be undone.
    Without ``prices`` it gets all that the plan has in the account's currency. ``trial_days`` is
    the plan's unless given; billing begins when the trial ends. Boundaries come from the plan, or
    from ``anchor_on`` and ``anchor_day``. For a contract taken over from another system,
    ``billed_through`` is the first day that was not billed there: the items begin on it, and no
    setup fee is charged.
    ``catalog`` saves reading prices and settings again when many contracts are loaded. One that
    ``is_waiting`` for its order is not served yet: that is for whoever starts the order.

    The same ``external_id`` with the same input returns what there is. Raises `Conflict` when it
    differs, `NotFound`, and `BillingError` for bad input and a closed account.
    """
    contract = Contract(
        plan=plan,
        start_on=start_on,
        end_on=end_on,
        prices=prices,
        quantity=quantity,
        trial_days=trial_days,
        anchor_on=anchor_on,
        anchor_day=anchor_day,
        billed_through=billed_through,
        discounts=discounts,
        external_id=external_id,
        settings=settings,
        data=data,
    )
    with transaction.atomic():
        account = claim_account(account_id)
        _, subscription, items, charge_setup = plan_contract(account, contract, today)
        if known := _find(subscription):
            return _check_same(known, subscription, items)
        check_open(account)
        subscription.save(force_insert=True)
        add_items(account, subscription, items, plan, charge_setup, catalog)
        if discounts:
            rows = make_grants(subscription, discounts, start_on)
            SubscriptionDiscount.objects.bulk_create(rows)
        _tell(subscription, actor, now)
        if not is_waiting:
            is_there = billed_through is not None
            begin_service(
                subscription=subscription, today=today, now=now, actor=actor, is_there=is_there
            )
        queue_welcome(account=account, on=subscription.start_on, now=now)
    return subscription


def _tell(subscription: Subscription, actor: str, now: datetime) -> None:
    record_event(
        kind="subscription.started",
        subject=subscription.public_id,
        seller_id=subscription.account.seller_id,
        account_id=subscription.account_id,
        actor=actor,
        now=now,
        data={"plan": subscription.plan.code, "start_on": subscription.start_on.isoformat()},
    )


def _find(asked: Subscription) -> Subscription | None:
    """The subscription that already has the external id."""
    if asked.external_id is None:
        return None
    key = find_subscription_key(asked.account_id, asked.external_id)
    return None if key is None else Subscription.objects.get(id=key)


def _check_same(
    known: Subscription, asked: Subscription, items: Sequence[SubscriptionItem]
) -> Subscription:
    """The subscription as it stands, unless it was started with something else."""
    label = f"subscription {known} was started"
    remedy = "change it, or use another external_id"
    check_same(known, asked, _TERMS, label=label, remedy=remedy)
    begun = known.items.filter(start_on=items[0].start_on).exclude(role=ItemRole.ADDON)
    first = {(one.price_id, one.quantity) for one in begun}
    if not {(one.price_id, one.quantity) for one in items} <= first:
        raise Conflict(f"{label} with other prices or quantities; {remedy}")
    return known
