"""The public catalogue of a seller in one currency, read with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from quarterday.core.period import Cadence, Unit
from quarterday.store.models import Offer, Plan, Price, Product, ProductGroup, Seller

_LENGTH = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}


class PlanView(NamedTuple):
    """A plan that can be ordered, with all the prices that come with it."""

    plan: Plan
    prices: tuple[Price, ...]

    @property
    def cadence(self) -> Cadence:
        """How often it recurs."""
        return Cadence(self.plan.cadence_count, Unit(self.plan.cadence_unit))

    @property
    def code(self) -> str:
        """How options and links name it."""
        return f"{self.plan.product.code}/{self.plan.code}"

    @property
    def is_by_piece(self) -> bool:
        """Whether its quantity is priced; otherwise ordering two makes two contracts."""
        return any(one.model["model"] != "flat" for one in self.prices if not one.meter_id)


class OptionView(NamedTuple):
    """A choice among plans to add; None among them is going without. The first is the default."""

    code: str
    name: str
    choices: tuple[PlanView | None, ...]


class AddonView(NamedTuple):
    """A product to add, and how many of it at most."""

    product: Product
    view: PlanView
    most: int
    offer: Offer | None


class OfferView(NamedTuple):
    """An offer with the plans of its product, the shortest cadence first."""

    offer: Offer
    plans: tuple[PlanView, ...]


class Shelf(NamedTuple):
    """A group with what stands in it."""

    group: ProductGroup
    offers: tuple[OfferView, ...]


@dataclass(slots=True)
class Catalogue:
    """What strangers may order of a seller in a currency."""

    seller: Seller
    currency: str
    shelves: list[Shelf] = field(default_factory=list)
    plans: dict[str, list[PlanView]] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)

    def find_offer(self, code: str) -> OfferView | None:
        """The offer of a product by its code."""
        views = (view for shelf in self.shelves for view in shelf.offers)
        return next((view for view in views if view.offer.product.code == code), None)

    def find_plan(self, name: str) -> tuple[OfferView, PlanView] | None:
        """What a plan's public id, or ``product/plan``, names."""
        for shelf in self.shelves:
            for offer in shelf.offers:
                for view in offer.plans:
                    if name in (view.plan.public_id, view.code):
                        return offer, view
        return None

    def options_of(self, offer: Offer, view: PlanView) -> list[OptionView]:
        """The options of an offer for one of its plans: choices of its cadence, where there are."""
        found = []
        for option in offer.options:
            choices = [self._find_choice(code) for code in option["choices"]]
            known = [
                one
                for one, code in zip(choices, option["choices"], strict=True)
                if one is not None or not code
            ]
            same = [one for one in known if one is None or one.cadence == view.cadence]
            chosen = same if any(same) else known
            if any(chosen):
                found.append(OptionView(option["code"], option["name"], tuple(chosen)))
        return found

    def addons_of(self, offer: Offer, view: PlanView) -> list[AddonView]:
        """The add-ons of an offer for one of its plans, of its cadence where there is one."""
        found = []
        for code in offer.addons:
            plans = self.plans.get(code, [])
            same = [one for one in plans if one.cadence == view.cadence] or plans
            if same:
                own = self.offers.get(code)
                most = own.max_quantity if own and same[0].is_by_piece else 1
                found.append(AddonView(same[0].plan.product, same[0], most, own))
        return found

    def _find_choice(self, code: str) -> PlanView | None:
        product, _, _ = code.partition("/")
        return next((one for one in self.plans.get(product, ()) if one.code == code), None)


def load_catalogue(seller: Seller, currency: str, today: date) -> Catalogue:
    """What a seller offers on a day; plans without a price in the currency are left out."""
    rows = Offer.objects.filter(product__seller=seller).select_related("product", "group")
    offers = list(rows.order_by("group__position", "group_id", "position", "product_id"))
    wanted = {one.product.code for one in offers} | _added(offers)
    catalogue = Catalogue(seller, currency)
    catalogue.plans = _load_plans(seller, wanted, currency, today)
    catalogue.offers = {one.product.code: one for one in offers}
    shelves: dict[int, tuple[ProductGroup, list[OfferView]]] = {}
    for offer in offers:
        plans = catalogue.plans.get(offer.product.code, [])
        if offer.is_public and plans:
            _, views = shelves.setdefault(offer.group_id, (offer.group, []))
            views.append(OfferView(offer, tuple(plans)))
    catalogue.shelves = [Shelf(group, tuple(views)) for group, views in shelves.values()]
    return catalogue


def list_currencies(seller: Seller, today: date) -> list[str]:
    """The currencies in which something is offered, the seller's own first."""
    rows = Price.objects.filter(
        plan__product__seller=seller, plan__product__offer__is_public=True, retired_on=None
    )
    found = set(rows.values_list("currency", flat=True).distinct())
    return sorted(found, key=lambda code: (code != seller.currency, code))


def _added(offers: Sequence[Offer]) -> set[str]:
    """The codes of products that are options or add-ons of some offer."""
    found: set[str] = set()
    for offer in offers:
        found.update(offer.addons)
        choices: list[Any] = [one for option in offer.options for one in option["choices"]]
        found.update(str(one).partition("/")[0] for one in choices if one)
    return found


def _load_plans(
    seller: Seller, products: set[str], currency: str, today: date
) -> dict[str, list[PlanView]]:
    """Plans that have a price, by product, the shortest cadence first."""
    plans = Plan.objects.filter(product__seller=seller, product__code__in=products)
    prices: dict[int, list[Price]] = {}
    for price in (
        Price.objects.filter(
            plan__product__seller=seller, plan__product__code__in=products, currency=currency
        )
        .select_related("meter")
        .order_by("id")
    ):
        if price.retired_on is None or today < price.retired_on:
            prices.setdefault(price.plan_id, []).append(price)
    found: dict[str, list[PlanView]] = {}
    for plan in plans.select_related("product").order_by("id"):
        own = prices.get(plan.id)
        if own:
            for price in own:
                price.plan = plan
            found.setdefault(plan.product.code, []).append(PlanView(plan, tuple(own)))
    for views in found.values():
        views.sort(key=lambda one: (_days(one), one.plan.id))
    return found


def _days(view: PlanView) -> int:
    return view.plan.cadence_count * _LENGTH[Unit(view.plan.cadence_unit)]
