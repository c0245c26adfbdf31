"""What the items of a cart stand for in the catalogue of today; checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quarterday.core.cart import MOST_ITEMS, BadCart, CartItem
from quarterday.store.models import Offer, Plan, Price
from quarterday.store.queries.catalogue import Catalogue, OfferView, PlanView


@dataclass(frozen=True, slots=True)
class Addition:
    """A price to add to a contract, and how often."""

    price: Price
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Chosen:
    """One contract to be made: a plan with its prices, and what is added to it."""

    key: str
    offer: Offer
    plan: Plan
    prices: tuple[Price, ...]
    quantity: Decimal
    additions: tuple[Addition, ...]


def choose_items(catalogue: Catalogue, items: Sequence[CartItem]) -> list[Chosen]:
    """The contracts that a cart asks for, in its order.

    A plan whose price does not depend on the quantity makes as many contracts as are asked for.
    Raises `BadCart` for what is not offered, or not like this.
    """
    if len(items) > MOST_ITEMS:
        raise BadCart(
            f"a cart holds at most {MOST_ITEMS} things; order the rest afterwards",
            "full",
            most=MOST_ITEMS,
        )
    found: list[Chosen] = []
    for item in items:
        offer, view = find_offered(catalogue, item.plan)
        _check_quantity(item, offer)
        own = Decimal(item.quantity if view.is_by_piece else 1)
        additions = _additions(catalogue, item, offer, view, own)
        one = Chosen(item.key, offer.offer, view.plan, view.prices, own, additions)
        found += [one] * (1 if view.is_by_piece else item.quantity)
    return found


def find_offered(catalogue: Catalogue, plan: str) -> tuple[OfferView, PlanView]:
    """The offer and the plan that a public id or ``product/plan`` names.

    Raises `BadCart` when it is not offered, or no longer, or not in this currency.
    """
    found = catalogue.find_plan(plan)
    if found is None:
        raise BadCart(
            "something in the cart is no longer offered; remove it and choose again", "gone"
        )
    return found


def _check_quantity(item: CartItem, view: OfferView) -> None:
    most = view.offer.max_quantity
    if not 1 <= item.quantity <= most:
        name = view.offer.product.name
        raise BadCart(
            f"{name} can be ordered from 1 to {most} at a time, not {item.quantity}",
            "quantity_of",
            name=name,
            least=1,
            most=most,
        )


def _additions(
    catalogue: Catalogue, item: CartItem, view: OfferView, plan: PlanView, own: Decimal
) -> tuple[Addition, ...]:
    """Options and add-ons; what is chosen twice is added up, since a price is added once."""
    sums: dict[int, Addition] = {}
    for chosen, quantity in [
        *_chosen_options(catalogue, item, view, plan, own),
        *_chosen_addons(catalogue, item, view, plan),
    ]:
        for price in chosen.prices:
            before = sums[price.id].quantity if price.id in sums else Decimal(0)
            sums[price.id] = Addition(price, before + quantity)
    return tuple(sums.values())


def _chosen_options(
    catalogue: Catalogue, item: CartItem, view: OfferView, plan: PlanView, own: Decimal
) -> Iterable[tuple[PlanView, Decimal]]:
    options = catalogue.options_of(view.offer, plan)
    _check_known(item.options, {one.code for one in options}, view)
    for option in options:
        wanted = item.options.get(option.code)
        by_code = {one.code if one else "": one for one in option.choices}
        if wanted is None:
            choice = option.choices[0]
        elif wanted in by_code:
            choice = by_code[wanted]
        else:
            raise BadCart(
                f"{option.name} has no such choice; choose one of those shown",
                "choice",
                name=option.name,
            )
        if choice is not None:
            yield choice, own


def _chosen_addons(
    catalogue: Catalogue, item: CartItem, view: OfferView, plan: PlanView
) -> Iterable[tuple[PlanView, Decimal]]:
    addons = catalogue.addons_of(view.offer, plan)
    _check_known(item.addons, {one.product.code for one in addons}, view)
    for addon in addons:
        count = item.addons.get(addon.product.code, 0)
        if not 0 <= count <= addon.most:
            raise BadCart(
                f"{addon.product.name} can be added up to {addon.most} times",
                "quantity_of",
                name=addon.product.name,
                least=0,
                most=addon.most,
            )
        if count:
            yield addon.view, Decimal(count)


def _check_known(given: Iterable[str], known: set[str], view: OfferView) -> None:
    if set(given) - known:
        raise BadCart(
            f"{view.offer.product.name} has no such option; choose one of those shown",
            "choice",
            name=view.offer.product.name,
        )
