"""A change of a contract as one value, so that it can be tried, shown and then made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from quarterday.core.errors import BillingError
from quarterday.core.exact import ONE
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.cancel_subscription import (
    cancel_subscription,
    find_period_end,
)
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.find_items import find_open
from quarterday.services.subscriptions.remove_addon import remove_addon
from quarterday.services.subscriptions.undo_cancel import undo_cancel
from quarterday.services.subscriptions.undo_change import undo_change
from quarterday.store.models import ItemRole, Plan, Price, Subscription

Value = TypeVar("Value")


class When(StrEnum):
    """From when a change counts: at once, or when the period that runs has ended."""

    NOW = "now"
    PERIOD_END = "period_end"


class Verb(StrEnum):
    """What can be wished for. ``keep`` takes a planned change or removal back; ``swap`` puts one
    add-on in the place of another, as when another choice of an option is taken.
    """

    PLAN = "plan"
    QUANTITY = "quantity"
    ADD = "add"
    SWAP = "swap"
    REMOVE = "remove"
    KEEP = "keep"
    CANCEL = "cancel"
    UNDO_CANCEL = "undo_cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of a contract; which fields count depends on the verb.

    ``item_ids`` are the items to change, remove or keep, such as all prices of an add-on; without
    one it is the base. ``prices`` are those to add.
    """

    verb: Verb
    when: When = When.NOW
    plan: Plan | None = None
    prices: tuple[Price, ...] = ()
    quantity: Decimal | None = None
    item_ids: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, of which contract, and when."""

    subscription_id: int
    today: date
    now: datetime
    actor: str = "system"

    def terms(self) -> dict[str, Any]:
        """As every service that changes a contract takes them."""
        return {
            "subscription_id": self.subscription_id,
            "today": self.today,
            "now": self.now,
            "actor": self.actor,
        }


def make_change(wish: Wish, asked: Asked) -> date:
    """Make a change by the service of its verb; the day from which it counts.

    Call it in a transaction that claimed the account. Raises what the services raise.
    """
    rows = Subscription.objects.select_related("plan__product")
    subscription = rows.get(id=asked.subscription_id)
    terms = asked.terms()
    if wish.verb is Verb.CANCEL:
        at_end = wish.when is When.PERIOD_END
        cancel_subscription(at_period_end=at_end, reason=wish.reason, **terms)
        subscription.refresh_from_db(fields=["end_on"])
        return subscription.end_on or asked.today
    if wish.verb is Verb.UNDO_CANCEL:
        undo_cancel(**terms)
        return subscription.end_on or asked.today
    if wish.verb is Verb.KEEP:
        return undo_change(item_ids=wish.item_ids, **terms)
    on = _choose_day(subscription, wish, asked.today)
    terms["on"] = on
    match wish.verb:
        case Verb.PLAN:
            change_plan(plan=_given(wish.plan), quantity=wish.quantity, **terms)
        case Verb.QUANTITY:
            for item_id in wish.item_ids or (None,):
                change_quantity(quantity=_given(wish.quantity), item_id=item_id, **terms)
        case _:
            for item_id in wish.item_ids:
                remove_addon(item_id=item_id, **terms)
            for price in wish.prices:
                add_addon(price=price, quantity=wish.quantity or ONE, **terms)
    return on


def _choose_day(subscription: Subscription, wish: Wish, today: date) -> date:
    """The day from which a wish counts: never before what it changes has begun."""
    items = find_open(subscription)
    if wish.when is When.PERIOD_END:
        on = find_period_end(subscription, items, today)
    else:
        on = max(today, subscription.start_on)
    if wish.verb is Verb.ADD:
        return on
    if wish.item_ids:
        changed = [item for item in items if item.id in wish.item_ids]
    else:
        changed = [item for item in items if item.role == ItemRole.BASE]
    return max([on, *(item.start_on for item in changed)])


def _given(value: Value | None) -> Value:
    if value is None:
        raise BillingError("the change is not complete; choose what to change to")
    return value
