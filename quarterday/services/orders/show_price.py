"""What a plan costs for one period, as catalogues show it, by the rules that will bill it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.cart import saving_percent
from quarterday.core.exact import ONE
from quarterday.core.invoice import rate_charge
from quarterday.core.money import currency as find_currency
from quarterday.core.money import to_minor
from quarterday.core.period import Period
from quarterday.services.invoicing.catalog import make_terms
from quarterday.store.models import Price
from quarterday.store.queries.catalogue import PlanView

# Any whole period does: what it costs does not depend on its days.
_PERIOD = Period(date(2026, 1, 1), date(2026, 2, 1))


class ShownPrice(NamedTuple):
    """Amounts in minor units, as the price says: with tax inside, or before it.

    ``usage`` are the prices of what is measured, and ``saving`` the percent that are saved
    against the same at its shortest cadence.
    """

    view: PlanView
    amount_minor: int
    setup_minor: int
    inclusive: bool
    usage: tuple[Price, ...]
    saving: int = 0


def show_price(view: PlanView, quantity: Decimal = ONE) -> ShownPrice:
    """The price of a plan for a whole period."""
    unit = find_currency(view.prices[0].currency)
    recurring = [one for one in view.prices if one.meter_id is None]
    return ShownPrice(
        view,
        sum(rate_charge(make_terms(one), quantity, _PERIOD, _PERIOD).minor for one in recurring),
        sum(to_minor(one.setup_fee, unit) for one in view.prices),
        all(one.tax_inclusive for one in view.prices),
        tuple(one for one in view.prices if one.meter_id is not None),
    )


def family_of(view: PlanView) -> str:
    """What plans of several cadences have in common: their name up to the last comma.

    A plan without a comma in its name is called like its product.
    """
    return view.plan.name.rpartition(",")[0].strip() or view.plan.product.name


def show_families(plans: Sequence[PlanView]) -> dict[str, list[ShownPrice]]:
    """Prices by family, each with what it saves against the shortest cadence of its family."""
    families: dict[str, list[ShownPrice]] = {}
    for view in plans:
        families.setdefault(family_of(view), []).append(show_price(view))
    for name, shown in families.items():
        base = shown[0]
        if sum(one.view.cadence == base.view.cadence for one in shown) == 1:
            families[name] = [_with_saving(one, base) for one in shown]
    return families


def _with_saving(one: ShownPrice, base: ShownPrice) -> ShownPrice:
    saving = saving_percent(
        one.amount_minor, one.view.cadence, base.amount_minor, base.view.cadence
    )
    return one._replace(saving=saving)
