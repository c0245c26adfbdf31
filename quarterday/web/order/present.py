"""A priced cart as pages show it: each thing with its lines, then the sums, then what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from quarterday.core.tax import TaxAmount
from quarterday.services.carts.price_cart import PricedCart
from quarterday.services.orders.choose_items import Addition, Chosen
from quarterday.services.orders.price_order import Coming, PricedLine
from quarterday.services.orders.show_price import show_price
from quarterday.store.queries.catalogue import Catalogue, PlanView
from quarterday.web.kit.words import format_quantity
from quarterday.web.order.words import every, refusal, then


class ShownLine(NamedTuple):
    """A line of the invoice to come, with the last day that it pays for."""

    kind: str
    description: str
    quantity: str
    amount_minor: int
    first_on: date
    last_on: date


@dataclass(slots=True)
class ShownItem:
    """One thing in a cart. ``count`` is how many contracts it makes."""

    key: str
    chosen: Chosen
    count: int
    price: dict[str, Any]
    additions: list[dict[str, Any]]
    lines: list[ShownLine] = field(default_factory=list)
    trial: str = ""

    @property
    def quantity(self) -> int:
        """How many of it were asked for."""
        return self.count if self.count > 1 else int(self.chosen.quantity)

    @property
    def today_minor(self) -> int:
        """What of it is billed today, before discounts."""
        return sum(line.amount_minor for line in self.lines)


@dataclass(slots=True)
class Summary:
    """Sums in minor units, what is due today and what comes next."""

    currency: str
    items: list[ShownItem]
    gross_minor: int
    discount_minor: int
    discount_name: str
    taxes: Sequence[TaxAmount]
    net_minor: int
    tax_minor: int
    total_minor: int
    inclusive: bool
    due_on: date | None
    coming: Sequence[Coming]
    problem: str
    reason: str
    can_pay_later: bool


def present(priced: PricedCart, catalogue: Catalogue, today: date) -> Summary:
    """What pages show of a priced cart."""
    order = priced.priced
    items = _items(priced, today)
    # Where the tax is inside some prices only, lines add up to the total without it.
    is_mixed = not order.is_inclusive and any(line.inclusive for line in order.lines)
    for line in order.lines:
        if not line.gross_minor:
            # What is included would only lengthen the list.
            continue
        amount = line.base_minor if is_mixed else line.gross_minor
        items[line.key].lines.append(_line(line, amount))
    return Summary(
        order.currency,
        list(items.values()),
        order.gross_minor,
        0 if is_mixed else order.discount_minor,
        ", ".join(one.name or one.code for one in priced.discounts),
        [one for one in order.taxes if one.tax_minor],
        order.net_minor,
        order.tax_minor,
        order.total_minor,
        order.is_inclusive,
        order.due_on,
        _merge(order.coming),
        refusal(priced.problem) if priced.problem else "",
        next((one.reason for one in order.taxes if one.reason and not one.tax_minor), ""),
        bool(priced.chosen) and all(one.offer.on_invoice for one in priced.chosen),
    )


def _merge(coming: Sequence[Coming]) -> list[Coming]:
    """Invoices that pay from one day on, as one amount."""
    found: dict[date, Coming] = {}
    for one in coming:
        known = found.get(one.begins_on)
        total = one.total_minor + (known.total_minor if known else 0)
        found[one.begins_on] = one._replace(total_minor=total)
    return [found[day] for day in sorted(found)]


def _line(line: PricedLine, amount_minor: int) -> ShownLine:
    last_on = max(line.period.start, line.period.end - timedelta(days=1))
    return ShownLine(
        line.kind, line.description, line.quantity, amount_minor, line.period.start, last_on
    )


def _items(priced: PricedCart, today: date) -> dict[str, ShownItem]:
    found: dict[str, ShownItem] = {}
    for one in priced.chosen:
        if one.key in found:
            found[one.key].count += 1
            continue
        view = PlanView(one.plan, one.prices)
        shown = show_price(view, one.quantity)
        found[one.key] = ShownItem(
            one.key,
            one,
            1,
            {"shown": shown, "every": every(view.cadence)},
            [_addition(each) for each in one.additions],
            trial=_trial(one, shown.amount_minor, view, today),
        )
    return found


def _trial(one: Chosen, amount_minor: int, view: PlanView, today: date) -> str:
    days = one.plan.trial_days
    if not days:
        return ""
    currency = one.prices[0].currency
    return then(days, amount_minor, currency, view.cadence, today + timedelta(days=days))


def _addition(one: Addition) -> dict[str, Any]:
    view = PlanView(one.price.plan, (one.price,))
    return {
        "name": one.price.plan.name,
        "quantity": format_quantity(one.quantity) if one.quantity != 1 else "",
        "shown": show_price(view, one.quantity),
        "every": every(view.cadence),
    }
