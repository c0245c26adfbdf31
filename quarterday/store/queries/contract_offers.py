"""What a contract may be changed to and what may be added to it, by the public catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from quarterday.store.models import Offer, Plan, Price, Subscription
from quarterday.store.queries.catalogue import (
    AddonView,
    Catalogue,
    OptionView,
    PlanView,
    load_catalogue,
)


class PlanChoice(NamedTuple):
    """A plan to change to, and how many of it one may have."""

    view: PlanView
    most: int
    headline: str
    features: Sequence[str]


class Choices(NamedTuple):
    """All that may be chosen for a contract by its own people."""

    plans: tuple[PlanChoice, ...]
    addons: tuple[AddonView, ...]
    options: tuple[OptionView, ...]
    most: int

    def find_plan(self, public_id: str) -> PlanChoice | None:
        """A plan to change to by its public id."""
        return next((one for one in self.plans if one.view.plan.public_id == public_id), None)

    def find_addon(self, public_id: str) -> AddonView | None:
        """An add-on by the public id of its plan."""
        return next((one for one in self.addons if one.view.plan.public_id == public_id), None)

    def find_option(self, public_id: str) -> tuple[OptionView, PlanView] | None:
        """An option and the choice of it that a plan's public id names."""
        for option in self.options:
            for view in option.choices:
                if view is not None and view.plan.public_id == public_id:
                    return option, view
        return None


def load_choices(subscription: Subscription, plan: Plan, today: date) -> Choices:
    """What a contract that has ``plan`` may have instead, and besides.

    Plans of the same product, and public ones of the products that stand on the same shelf, which
    have a price in the account's currency. How many, the offer says; without one it is as agreed.
    Reads the same number of times whatever is offered.
    """
    account, product = subscription.account, plan.product
    catalogue = load_catalogue(account.seller, account.currency, today)
    own = catalogue.offers.get(product.code)
    if own is None:
        views = load_plans(product.id, account.currency, today)
        plans = tuple(PlanChoice(view, 1, "", ()) for view in views)
        return Choices(plans, (), (), 1)
    here = PlanView(plan, ())
    return Choices(
        _plans_beside(catalogue, own),
        tuple(catalogue.addons_of(own, here)),
        tuple(catalogue.options_of(own, here)),
        own.max_quantity,
    )


def _plans_beside(catalogue: Catalogue, own: Offer) -> tuple[PlanChoice, ...]:
    """The plans of a shelf in its order, those of the product itself first."""
    offers = [
        view
        for shelf in catalogue.shelves
        if shelf.group.id == own.group_id
        for view in shelf.offers
    ]
    offers.sort(key=lambda one: one.offer.product_id != own.product_id)
    return tuple(
        PlanChoice(view, one.offer.max_quantity, one.offer.headline, one.offer.features)
        for one in offers
        for view in one.plans
    )


def load_plans(product_id: int, currency: str, today: date) -> list[PlanView]:
    """The plans of a product that have a price in a currency, by one read."""
    rows = Price.objects.filter(plan__product=product_id, currency=currency)
    found: dict[int, list[Price]] = {}
    for price in rows.select_related("plan__product", "meter").order_by("plan_id", "id"):
        if price.retired_on is None or today < price.retired_on:
            found.setdefault(price.plan_id, []).append(price)
    return [PlanView(prices[0].plan, tuple(prices)) for prices in found.values()]
