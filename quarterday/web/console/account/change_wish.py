"""What staff ask to change of a contract, read from an address or a form without trusting it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.http import Http404, QueryDict

from quarterday.core.errors import BillingError
from quarterday.services.subscriptions.make_change import Verb, When, Wish
from quarterday.store.models import ItemRole, Plan, Subscription, SubscriptionItem
from quarterday.store.queries.catalogue import AddonView, PlanView
from quarterday.store.queries.contract_offers import load_choices, load_plans

_MOST = 999_999


class Wanted(NamedTuple):
    """A wish, what it is about, and the fields that ask for the same again."""

    wish: Wish
    name: str
    number: str
    fields: dict[str, str]


class Contract(NamedTuple):
    """A contract with its open items, and the plans and add-ons that it may have."""

    subscription: Subscription
    items: Sequence[SubscriptionItem]
    plans: Sequence[PlanView]
    addons: Sequence[AddonView]

    @property
    def base(self) -> list[SubscriptionItem]:
        """The items of its plan."""
        return [one for one in self.items if one.role == ItemRole.BASE]

    @property
    def quantity(self) -> Decimal:
        """How many it has of its plan."""
        counted = [one.quantity for one in self.base if one.price.meter_id is None]
        return counted[0] if counted else Decimal(1)

    def had(self) -> list[tuple[Plan, Decimal]]:
        """The add-ons that it has, each once."""
        rows = {one.price.plan_id: one for one in self.items if one.role == ItemRole.ADDON}
        return [(one.price.plan, one.quantity) for one in rows.values()]


def read_contract(
    subscription: Subscription, items: Sequence[SubscriptionItem], today: date
) -> Contract:
    """A contract and its choices: every plan of its product, and what stands beside it."""
    running = [one for one in items if one.end_on is None or one.end_on > today]
    plan = subscription.plan
    choices = load_choices(subscription, plan, today)
    own = load_plans(plan.product_id, subscription.account.currency, today)
    found = {one.plan.id: one for one in own if one.prices}
    beside = {one.view.plan.id: one.view for one in choices.plans}
    return Contract(subscription, running, list((found | beside).values()), choices.addons)


def read_wish(query: QueryDict, contract: Contract) -> Wanted:
    """The wish of a form. Raises `BillingError` for people, and 404 for nonsense."""
    try:
        verb, when = Verb(query.get("verb", "")), When(query.get("when", "now"))
    except ValueError:
        raise Http404("There is no such change.") from None
    fields = {"verb": str(verb), "when": str(when)}
    row = contract.subscription
    match verb:
        case Verb.PLAN:
            return _read_plan(query, contract, when, fields)
        case Verb.QUANTITY | Verb.ADD | Verb.REMOVE:
            return _read_addon(query, contract, verb, when, fields)
        case Verb.CANCEL:
            reason = query.get("reason", "").replace("\x00", "").strip()[:400]
            wish = Wish(verb=verb, when=when, reason=reason)
            return Wanted(wish, row.plan.name, "", fields | {"reason": reason})
        case Verb.UNDO_CANCEL | Verb.KEEP:
            return Wanted(Wish(verb=verb), row.plan.name, "", fields)
        case _:
            raise Http404("There is no such change.")


def _read_plan(query: QueryDict, contract: Contract, when: When, fields: dict[str, str]) -> Wanted:
    name = query.get("plan", "")
    view = next((one for one in contract.plans if one.plan.public_id == name), None)
    if view is None:
        raise BillingError("this plan cannot be chosen; choose another one")
    quantity = _read_number(query, contract.quantity)
    fields |= {"plan": name, "quantity": f"{quantity:f}"}
    if view.plan.id == contract.subscription.plan_id:
        ids = tuple(one.id for one in contract.base if one.price.meter_id is None)
        wish = Wish(verb=Verb.QUANTITY, when=when, quantity=quantity, item_ids=ids)
    else:
        wish = Wish(verb=Verb.PLAN, when=when, plan=view.plan, quantity=quantity)
    return Wanted(wish, view.plan.name, f"{quantity:f}", fields)


def _read_addon(
    query: QueryDict, contract: Contract, verb: Verb, when: When, fields: dict[str, str]
) -> Wanted:
    name = query.get("addon", "")
    fields["addon"] = name
    mine = [
        one
        for one in contract.items
        if one.role == ItemRole.ADDON and one.price.plan.public_id == name
    ]
    if verb is Verb.ADD:
        known = next((one for one in contract.addons if one.view.plan.public_id == name), None)
        if known is None:
            raise BillingError("this cannot be added; choose something else")
        quantity = _read_number(query, Decimal(1))
        fields["quantity"] = f"{quantity:f}"
        wish = Wish(verb=verb, when=when, prices=known.view.prices, quantity=quantity)
        return Wanted(wish, known.view.plan.name, f"{quantity:f}", fields)
    if not mine:
        raise BillingError("this is no part of the contract any more")
    plan = mine[0].price.plan
    if verb is Verb.REMOVE:
        wish = Wish(verb=verb, when=when, item_ids=tuple(one.id for one in mine))
        return Wanted(wish, plan.name, "", fields)
    quantity = _read_number(query, mine[0].quantity)
    fields["quantity"] = f"{quantity:f}"
    ids = tuple(one.id for one in mine if one.price.meter_id is None)
    wish = Wish(verb=verb, when=when, quantity=quantity, item_ids=ids)
    return Wanted(wish, plan.name, f"{quantity:f}", fields)


def _read_number(query: QueryDict, have: Decimal) -> Decimal:
    text = query.get("quantity", "").strip()
    if not text:
        return have
    number = Decimal(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None
    if number is None or not 1 <= number <= _MOST:
        raise BillingError(f"quantity must be a whole number from 1 to {_MOST}")
    return number
