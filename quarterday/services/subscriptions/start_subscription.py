"""Start a contract: a subscription with its items, setup fees and discounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.exact import ONE
from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.period import Anchoring, Cadence, Schedule, Unit
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_external_id, check_settings
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.subscriptions.add_items import add_items
from quarterday.services.subscriptions.grant_discount import make_grants
from quarterday.services.subscriptions.make_items import (
    Span,
    check_quantity,
    choose_prices,
    make_items,
)
from quarterday.store.models import (
    Account,
    AccountStatus,
    Discount,
    EndCause,
    ItemRole,
    Plan,
    Price,
    Subscription,
    SubscriptionDiscount,
    SubscriptionItem,
)
from quarterday.store.queries.keys import find_subscription_key


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
) -> Subscription:
    """Start a subscription of a plan on a day, which may be past or to come.

    With ``end_on`` it is cancelled to that day from the beginning, which can be undone.
    Without ``prices`` it gets all that the plan has in the account's currency. ``trial_days`` is
    the plan's unless given; billing begins when the trial ends. Boundaries come from the plan, or
    from ``anchor_on`` and ``anchor_day``. For a contract taken over from another system,
    ``billed_through`` is the first day that was not billed there: the items begin on it, and no
    setup fee is charged.
    ``catalog`` saves reading prices and settings again when many contracts are loaded.

    The same ``external_id`` with the same input returns what there is. Raises `Conflict` when it
    differs, `NotFound`, and `BillingError` for bad input and a closed account.
    """
    trial_end = _trial_end(plan, start_on, trial_days)
    schedule = _schedule(plan, trial_end or start_on, anchor_on, anchor_day)
    span = _make_span(start_on, end_on, trial_end, billed_through)
    with transaction.atomic():
        account = claim_account(account_id)
        subscription = Subscription(
            account=account,
            plan=plan,
            external_id=check_external_id(external_id),
            status=_status(start_on, trial_end, end_on, today),
            start_on=start_on,
            end_on=end_on,
            trial_end=trial_end,
            anchor_on=schedule.anchor,
            anchor_day=schedule.day,
            settings=check_settings(settings),
            data=dict(data or {}),
        )
        chosen = choose_prices(account, plan, prices, start_on)
        items = make_items(subscription, chosen, check_quantity(quantity), span, schedule)
        if known := _find(subscription):
            return _check_same(known, subscription, items)
        _check_open(account)
        subscription.save(force_insert=True)
        charge_setup = billed_through is None and end_on != start_on
        add_items(account, subscription, items, plan, charge_setup, catalog)
        if discounts:
            rows = make_grants(subscription, discounts, start_on)
            SubscriptionDiscount.objects.bulk_create(rows)
        _tell(subscription, actor, now)
    return subscription


def _make_span(
    start_on: date, end_on: date | None, trial_end: date | None, billed_through: date | None
) -> Span:
    """The days of the first items, and the first of them that is to be billed."""
    begin = billed_through or start_on
    if begin < start_on:
        raise BillingError(f"billed_through {begin} lies before the start {start_on}; give none")
    if end_on is not None and end_on < start_on:
        raise BillingError(f"end_on {end_on} lies before the start {start_on}; give a later day")
    first = max(begin, trial_end or begin)
    if end_on is None:
        return Span(begin, first)
    return Span(begin, first, max(begin, end_on), EndCause.CANCEL)


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


def _trial_end(plan: Plan, start_on: date, trial_days: int | None) -> date | None:
    days = plan.trial_days if trial_days is None else trial_days
    if days < 0:
        raise BillingError(f"trial_days must be 0 or more, not {days}")
    return start_on + timedelta(days=days) if days else None


def _schedule(plan: Plan, begin: date, anchor_on: date | None, anchor_day: int | None) -> Schedule:
    """The plan's boundaries, unless the contract brings its own anchor."""
    cadence = Cadence(plan.cadence_count, Unit(plan.cadence_unit))
    if anchor_on is not None:
        return Schedule(anchor_on, cadence, anchor_day or anchor_on.day)
    if anchor_day is not None:
        return Schedule.anchored(begin, cadence, Anchoring.DAY_OF_MONTH, anchor_day)
    return Schedule.anchored(begin, cadence, Anchoring(plan.anchoring), plan.anchor_day)


def _status(
    start_on: date, trial_end: date | None, end_on: date | None, today: date
) -> SubscriptionState:
    if end_on is not None:
        is_over = end_on <= today or end_on == start_on
        return SubscriptionState.CANCELLED if is_over else SubscriptionState.CANCELLING
    if start_on > today:
        return SubscriptionState.PENDING
    if trial_end is not None and trial_end > today:
        return SubscriptionState.TRIALING
    return SubscriptionState.ACTIVE


def _check_open(account: Account) -> None:
    if account.status != AccountStatus.OPEN:
        raise BillingError(f"account {account} is closed; reopen it before it gets a contract")


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
    for field in ("start_on", "trial_end", "settings", "data"):
        have, want = getattr(known, field), getattr(asked, field)
        if have != want:
            raise Conflict(
                f"subscription {known} was started with {field} {have}, not {want}; "
                "change it, or use another external_id"
            )
    begun = known.items.filter(start_on=items[0].start_on).exclude(role=ItemRole.ADDON)
    first = {(one.price_id, one.quantity) for one in begun}
    if not {(one.price_id, one.quantity) for one in items} <= first:
        raise Conflict(
            f"subscription {known} was started with other prices or quantities; "
            "change it, or use another external_id"
        )
    return known
