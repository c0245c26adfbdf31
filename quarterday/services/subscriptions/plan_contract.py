"""What a contract will be, checked and not yet written: its subscription and its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.exact import ONE
from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.period import Anchoring, Cadence, Schedule, Unit
from quarterday.services.inputs import check_external_id, check_settings
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
    Plan,
    Price,
    Subscription,
    SubscriptionItem,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What is agreed; the fields mean what they mean to `start_subscription`."""

    plan: Plan
    start_on: date
    end_on: date | None = None
    prices: Sequence[Price] | None = None
    quantity: Decimal = ONE
    trial_days: int | None = None
    anchor_on: date | None = None
    anchor_day: int | None = None
    billed_through: date | None = None
    discounts: Sequence[Discount] = ()
    external_id: str | None = None
    settings: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None


class Planned(NamedTuple):
    """Rows to write, and whether setup fees go with them."""

    contract: Contract
    subscription: Subscription
    items: list[SubscriptionItem]
    charge_setup: bool


def plan_contract(account: Account, contract: Contract, today: date) -> Planned:
    """The rows of a contract of an account. Raises `BillingError` for what cannot be agreed."""
    plan, start_on, end_on = contract.plan, contract.start_on, contract.end_on
    trial_end = _trial_end(contract)
    schedule = _schedule(contract, trial_end or start_on)
    span = _make_span(contract, trial_end)
    subscription = Subscription(
        account=account,
        plan=plan,
        external_id=check_external_id(contract.external_id),
        status=_status(contract, trial_end, today),
        start_on=start_on,
        end_on=end_on,
        trial_end=trial_end,
        anchor_on=schedule.anchor,
        anchor_day=schedule.day,
        settings=check_settings(contract.settings),
        data=dict(contract.data or {}),
    )
    chosen = choose_prices(account, plan, contract.prices, start_on)
    quantity = check_quantity(contract.quantity)
    items = make_items(subscription, chosen, quantity, span, schedule)
    charge_setup = contract.billed_through is None and end_on != start_on
    return Planned(contract, subscription, items, charge_setup)


def check_open(account: Account) -> None:
    """Raise `BillingError` unless an account may get a contract."""
    if account.status != AccountStatus.OPEN:
        raise BillingError(f"account {account} is closed; reopen it before it gets a contract")


def _trial_end(contract: Contract) -> date | None:
    given, plan = contract.trial_days, contract.plan
    days = plan.trial_days if given is None else given
    if days < 0:
        raise BillingError(f"trial_days must be 0 or more, not {days}")
    return contract.start_on + timedelta(days=days) if days else None


def _schedule(contract: Contract, begin: date) -> Schedule:
    """The plan's boundaries, unless the contract brings its own anchor."""
    plan, anchor_on, anchor_day = contract.plan, contract.anchor_on, contract.anchor_day
    cadence = Cadence(plan.cadence_count, Unit(plan.cadence_unit))
    if anchor_on is not None:
        return Schedule(anchor_on, cadence, anchor_day or anchor_on.day)
    if anchor_day is not None:
        return Schedule.anchored(begin, cadence, Anchoring.DAY_OF_MONTH, anchor_day)
    return Schedule.anchored(begin, cadence, Anchoring(plan.anchoring), plan.anchor_day)


def _make_span(contract: Contract, trial_end: date | None) -> Span:
    """The days of the first items, and the first of them that is to be billed."""
    start_on, end_on = contract.start_on, contract.end_on
    begin = contract.billed_through or start_on
    if begin < start_on:
        raise BillingError(f"billed_through {begin} lies before the start {start_on}; give none")
    if end_on is not None and end_on < start_on:
        raise BillingError(f"end_on {end_on} lies before the start {start_on}; give a later day")
    first = max(begin, trial_end or begin)
    if end_on is None:
        return Span(begin, first)
    return Span(begin, first, max(begin, end_on), EndCause.CANCEL)


def _status(contract: Contract, trial_end: date | None, today: date) -> SubscriptionState:
    start_on, end_on = contract.start_on, contract.end_on
    if end_on is not None:
        is_over = end_on <= today or end_on == start_on
        return SubscriptionState.CANCELLED if is_over else SubscriptionState.CANCELLING
    if start_on > today:
        return SubscriptionState.PENDING
    if trial_end is not None and trial_end > today:
        return SubscriptionState.TRIALING
    return SubscriptionState.ACTIVE
