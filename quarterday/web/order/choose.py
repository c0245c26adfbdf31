"""Reading what a visitor chose of an offer, from a form or from a link elsewhere on the web."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from quarterday.core.cart import BadCart, CartItem, read_code, read_quantity
from quarterday.services.orders.choose_items import choose_items
from quarterday.services.orders.show_price import ShownPrice, show_families, show_price
from quarterday.store.queries.catalogue import Catalogue, OfferView, PlanView
from quarterday.web.kit.prices import describe_price, format_price
from quarterday.web.kit.words import format_money
from quarterday.web.order.words import every, trial

_OPTION, _ADDON = "option.", "addon."
_MOST_FIELDS = 200


@dataclass(slots=True)
class Choice:
    """What was chosen: always something that can be shown; ``error`` says what was not possible."""

    view: PlanView
    quantity: int = 1
    options: dict[str, str] = field(default_factory=dict)
    addons: dict[str, int] = field(default_factory=dict)
    error: BadCart | None = None

    def item(self, key: str = "1") -> CartItem:
        """As it lies in a cart."""
        plan = self.view.plan.public_id
        return CartItem(key, plan, self.quantity, self.options, self.addons)


def read_choice(catalogue: Catalogue, offer: OfferView, given: QueryDict) -> Choice:
    """What was chosen of an offer, without what it does not have.

    A form that was made for another cadence still names the options of that one: what is alike
    under the new cadence is kept, and the rest left out.
    """
    choice = Choice(_find_view(offer, given.get("plan", "")))
    try:
        most = offer.offer.max_quantity
        choice.quantity = read_quantity(given.get("quantity") or "1", most)
    except BadCart as error:
        choice.error = error
    for option in catalogue.options_of(offer.offer, choice.view):
        wanted = given.get(f"{_OPTION}{option.code}")
        known = {one.code if one else "" for one in option.choices}
        if wanted is not None and wanted in known:
            choice.options[option.code] = wanted
    for addon in catalogue.addons_of(offer.offer, choice.view):
        text = given.get(f"{_ADDON}{addon.product.code}", "").strip()
        if text in ("", "0"):
            continue
        try:
            count = read_quantity(text, addon.most)
            choice.addons[addon.product.code] = count
        except BadCart as error:
            facts = {**error.facts, "name": addon.product.name, "least": 0}
            choice.error = BadCart(str(error), "quantity_of", **facts)
    return choice


def check_names(catalogue: Catalogue, offer: OfferView, given: QueryDict) -> None:
    """Refuse a form or link that names what the offer does not have, rather than drop it.

    Raises `BadCart`.
    """
    if len(given) > _MOST_FIELDS:
        raise BadCart("there are too many fields", "choice", name=offer.offer.product.name)
    named = read_code(given.get("plan", ""))
    if named and named not in {
        name for view in offer.plans for name in (view.plan.public_id, view.code)
    }:
        raise BadCart("that plan is not offered", "gone")
    view = _find_view(offer, named)
    options = {
        name.removeprefix(_OPTION): str(value)
        for name, value in given.items()
        if name.startswith(_OPTION)
    }
    addons = {
        name.removeprefix(_ADDON): read_quantity(str(value) or "0", 10_000, least=0)
        for name, value in given.items()
        if name.startswith(_ADDON)
    }
    item = CartItem("1", view.plan.public_id, 1, options, {k: v for k, v in addons.items() if v})
    choose_items(catalogue, [item])


def _find_view(offer: OfferView, name: str) -> PlanView:
    for view in offer.plans:
        if name in (view.plan.public_id, view.code):
            return view
    return offer.plans[0]


def describe_plans(offer: OfferView, chosen: PlanView) -> list[dict[str, Any]]:
    """The plans to choose from, by what they have in common, for the page."""
    families = show_families(offer.plans)
    return [
        {"name": name, "plans": [_describe(one, chosen) for one in shown]}
        for name, shown in families.items()
    ]


def _describe(shown: ShownPrice, chosen: PlanView) -> dict[str, Any]:
    plan = shown.view.plan
    return {
        "id": plan.public_id,
        "name": plan.name.rpartition(",")[2].strip(),
        "full_name": plan.name,
        "every": every(shown.view.cadence),
        "price": shown,
        "trial": trial(plan.trial_days) if plan.trial_days else "",
        "terms": _terms(shown.view),
        "usage": [(one.meter, describe_price(one)) for one in shown.usage],
        "is_chosen": plan.id == chosen.plan.id,
    }


def _terms(view: PlanView) -> list[str]:
    """What else there is to know of the prices of a plan: steps, and the least that it costs."""
    found: list[str] = []
    for price in view.prices:
        if price.meter_id is None and price.model["model"] not in ("flat", "per_unit"):
            # The setup fee and the commitment are said apart.
            bare = copy(price)
            bare.setup_fee, bare.commitment = Decimal(0), None
            found += describe_price(bare).notes
        if price.commitment:
            amount = format_price(price.commitment, price.currency)
            found.append(_("At least %(amount)s in each period") % {"amount": amount})
    return found


def describe_options(
    catalogue: Catalogue, offer: OfferView, choice: Choice
) -> list[dict[str, Any]]:
    """The options with their choices and prices, for the page."""
    found = []
    for option in catalogue.options_of(offer.offer, choice.view):
        default = option.choices[0].code if option.choices[0] else ""
        wanted = choice.options.get(option.code, default)
        choices = [
            {
                "code": one.code if one else "",
                "plan": one.plan if one else None,
                "price": show_price(one) if one else None,
                "every": every(one.cadence) if one else "",
                "is_chosen": (one.code if one else "") == wanted,
            }
            for one in option.choices
        ]
        found.append({"name": option.name, "field": f"{_OPTION}{option.code}", "choices": choices})
    return found


def describe_addons(catalogue: Catalogue, offer: OfferView, choice: Choice) -> list[dict[str, Any]]:
    """The add-ons with their prices, for the page."""
    return [
        {
            "field": f"{_ADDON}{addon.product.code}",
            "name": addon.product.name,
            "headline": addon.offer.headline if addon.offer else "",
            "price": show_price(addon.view),
            "every": every(addon.view.cadence),
            "unit_price": _unit_price(addon.view),
            "currency": addon.view.prices[0].currency,
            "most": addon.most,
            "count": choice.addons.get(addon.product.code, 0),
        }
        for addon in catalogue.addons_of(offer.offer, choice.view)
    ]


def _unit_price(view: PlanView) -> str:
    """The exact price of one, where it may have more places than its currency."""
    price = view.prices[0]
    if price.model["model"] != "per_unit":
        return format_money(show_price(view).amount_minor, price.currency)
    return format_price(Decimal(price.model.get("unit_price", 0)), price.currency)
