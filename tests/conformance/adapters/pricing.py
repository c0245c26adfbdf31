"""Pricing models: tiers, packages, blocks, percentages, free units, progressive bills, limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import to_minor
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.model import Rated
from quarterday.core.pricing.percentage import Percentage
from quarterday.core.pricing.price import Price, rate_price, true_up
from quarterday.core.proration import cap_credit
from tests.conformance.answers import Charge
from tests.conformance.case import Given
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_exact

_TIER_WORDS = {
    **dict.fromkeys(("up_to", "to", "last_unit", "up_to_inclusive"), "up_to"),
    **dict.fromkeys(("unit", "unit_price", "per_unit", "price", "unit_amount"), "unit_price"),
    **dict.fromkeys(("flat", "flat_fee", "flat_amount", "flat_price"), "flat_fee"),
    **dict.fromkeys(("rate_percent", "rate", "percent"), "rate_percent"),
    "block_size": "block_size",
}
_QUANTITY = ("quantity", "units", "usage", "total")
_ALREADY = ("already_billed_quantity", "already_billed", "previously_billed_quantity")
_ZERO = Decimal(0)


def read_tiers(tiers: Sequence[Any]) -> list[dict[str, Any]]:
    """Tiers as the core reads them, from records or from ``[up to, price]`` with a flat fee.

    ``max_blocks`` is how much a tier holds; our bounds count from the first unit.
    """
    found: list[dict[str, Any]] = []
    bound = _ZERO
    for tier in tiers:
        fields = dict(tier) if isinstance(tier, dict) else _listed_tier(tier)
        if "max_blocks" in fields:
            blocks = fields.pop("max_blocks")
            if blocks is not None:
                bound += read_exact(blocks) * read_exact(fields.get("block_size", 1))
                fields["up_to"] = bound
        fields.pop("from", None)
        if unknown := fields.keys() - _TIER_WORDS.keys():
            raise NotExpressedError(f"tiers that say {', '.join(sorted(unknown))}")
        found.append(
            {_TIER_WORDS[n]: f"{read_exact(v):f}" for n, v in fields.items() if v is not None}
        )
    return found


def _listed_tier(tier: Any) -> dict[str, Any]:
    if not isinstance(tier, list) or not 2 <= len(tier) <= 3:
        raise NotExpressedError(f"the tier {tier!r}")
    return dict(zip(("up_to", "unit_price", "flat_fee"), tier, strict=False))


def _tiered_price(given: Given, tiers: Sequence[Any]) -> Price:
    word = given.text("model", "mode").lower()
    for name in ("graduated", "volume"):
        if word.startswith(name):
            return _price(given, {"model": name, "tiers": read_tiers(tiers)})
    raise NotExpressedError(f"the model {word!r} with tiers")


def _price(given: Given, model: dict[str, Any]) -> Price:
    """A price in the unit that the case writes amounts in, whichever it is."""
    free = read_exact(given.get("free_units") or 0)
    return Price(given.purse().currency, parse_model(model), free_units=free)


def _answer_rated(given: Given, rated: Rated) -> dict[str, Any]:
    """An amount, and the steps that made it; steps that cost nothing are no lines."""
    exponent = given.purse().decimals
    lines = [Charge(step.amount, exponent) for step in rated.steps if step.amount]
    return {
        **dict.fromkeys(("total", "amount", "price"), Charge(rated.amount, exponent)),
        **dict.fromkeys(("lines", "steps"), lines),
    }


@adapter("model|mode", "tiers", "quantity|units|usage|total")
def rate_tiers(given: Given) -> dict[str, Any]:
    """A quantity in graduated or volume tiers, or what it adds to one that was billed before."""
    price = _tiered_price(given, given.listed("tiers"))
    already = read_exact(given.get(*_ALREADY) or 0)
    return _answer_rated(given, rate_price(price, given.exact(*_QUANTITY), already=already))


@adapter("model|mode", "unit_price|price", "quantity|units|usage")
def rate_units(given: Given) -> dict[str, Any]:
    """A quantity at one price for each, or one price for all."""
    words = {"flat": "flat", "fixed": "flat"}
    words |= dict.fromkeys(("per_unit", "per unit", "standard", "unit"), "per_unit")
    name = given.choose(words, "model", "mode")
    parameter = "amount" if name == "flat" else "unit_price"
    amount = f"{given.exact('unit_price', 'price'):f}"
    price = _price(given, {"model": name, parameter: amount})
    already = read_exact(given.get(*_ALREADY) or 0)
    return _answer_rated(given, rate_price(price, given.exact(*_QUANTITY), already=already))


@adapter("package_size", "quantity|units|usage")
def rate_packages(given: Given) -> dict[str, Any]:
    """Every started package is charged, once free units are off."""
    if given.text("model", "mode") not in ("", "package"):
        raise NotExpressedError(f"the model {given.text('model', 'mode')!r} with packages")
    size, quantity = given.exact("package_size"), given.exact(*_QUANTITY)
    cost = given.get("package_price", "price", "amount") or 0
    already = read_exact(given.get(*_ALREADY) or 0)
    rated, packages = (
        rate_price(
            _price(given, {"model": "package", "size": f"{size:f}", "price": str(each)}),
            quantity,
            already=already,
        )
        for each in (cost, 1)
    )
    return _answer_rated(given, rated) | {"packages": packages.amount}


@adapter("block_size", "price", "quantity")
def rate_blocks(given: Given) -> dict[str, Any]:
    """Started blocks of one metric."""
    given.ignore("model", "name")
    size, amount = given.exact("block_size"), given.exact("price")
    price = _price(given, {"model": "package", "size": f"{size:f}", "price": f"{amount:f}"})
    return _answer_rated(given, rate_price(price, given.exact("quantity")))


@adapter("metrics", "model")
def rate_metrics(given: Given) -> dict[str, Any]:
    """Started blocks of several metrics, on one invoice."""
    if "block" not in given.text("model"):
        raise NotExpressedError(f"the model {given.text('model')!r} with several metrics")
    metrics = [Given(metric) for metric in given.listed("metrics")]
    totals: list[Fraction] = [rate_blocks(metric)["total"].exact for metric in metrics]
    for metric in metrics:
        if metric.unread:
            raise NotExpressedError(f"metrics that give {', '.join(metric.unread)}")
    decimals = given.purse().decimals
    return {
        "total": Charge(sum(totals, Fraction(0)), decimals),
        "lines": [Charge(total, decimals) for total in totals],
    }


@adapter("free_units", "quantity")
def count_billable(given: Given) -> dict[str, Any]:
    """Units left to bill once the free ones of the period are used up."""
    price = _price(given, {"model": "per_unit", "unit_price": "1"})
    already = read_exact(given.get(*_ALREADY) or 0)
    now = rate_price(price, given.exact("quantity"), already=already, billed=bool(already))
    return {
        "billable_quantity": now.amount,
        "billable_before": rate_price(price, already).amount,
        "free_units_used": given.exact("quantity") - Decimal(int(now.amount)),
    }


@adapter("model", "rate_percent", "total|transactions|running_totals")
def rate_percentage(given: Given) -> dict[str, Any]:
    """A percentage of amounts of money, with fees, free allowances and limits per event."""
    if not given.text("model").startswith("percentage"):
        raise NotExpressedError(f"the model {given.text('model')!r} with a percentage")
    values = _read_events(given)
    total = given.exact("total") if given.has("total") else sum(values, _ZERO)
    model = Percentage(
        rate_percent=given.exact("rate_percent"),
        fixed_fee=read_exact(given.get("fixed_fee_per_event", "fixed_fee", "fixed_amount") or 0),
        free_events=int(read_exact(given.get("free_events") or 0)),
        free_amount=read_exact(given.get("free_amount") or 0),
        floor=_read_limit(given, "min_per_transaction", "min_per_event", "minimum_per_event"),
        cap=_read_limit(given, "max_per_transaction", "max_per_event", "maximum_per_event"),
    )
    rated = model.rate(total, values)
    # One per event that pays counts those events.
    paid = replace(model, rate_percent=_ZERO, fixed_fee=Decimal(1), floor=None, cap=None)
    paid_events = paid.rate(total, values).amount
    free = sum((step.quantity for step in rated.steps if step.label == "free"), _ZERO)
    return _answer_rated(given, rated) | {
        "paid_events": paid_events,
        "free_events_used": len(values) - paid_events,
        "free_amount_used": free,
    }


def _read_limit(given: Given, *names: str) -> Decimal | None:
    return given.exact(*names) if given.has(*names) else None


def _read_events(given: Given) -> list[Decimal]:
    """The amounts of single events; of a bare count, only that there were so many matters."""
    if given.has("transactions"):
        return [read_exact(value) for value in given.listed("transactions")]
    count = given.whole("event_count") if given.has("event_count") else 0
    if given.has("running_totals"):
        totals = [read_exact(value) for value in given.listed("running_totals")]
        if count and count != len(totals):
            raise NotExpressedError("running totals of another number of events")
        return [after - before for before, after in zip([_ZERO, *totals], totals, strict=False)]
    total = given.exact("total")
    if count > 1 and given.has("free_events", "free_amount", "min_per_transaction"):
        raise NotExpressedError("an allowance without the amounts of the events")
    return [total, *[_ZERO] * (count - 1)] if count or total else []


@adapter("fixed_price", "seat_tiers", "seats_before", "seats_after")
def rate_seats(given: Given) -> dict[str, Any]:
    """Seats in tiers beside a fixed price, which a change of seats leaves alone."""
    purse = given.purse()
    price = _tiered_price(given, given.listed("seat_tiers"))
    before, after = given.exact("seats_before"), given.exact("seats_after")
    fixed = Fraction(given.exact("fixed_price"))
    added = rate_price(price, after - before, already=before)
    whole = rate_price(price, after)
    return {
        "new_period_amount": Charge(fixed + whole.amount, purse.decimals),
        "full_period_difference": Charge(added.amount, purse.decimals),
    }


_SPENT = ("amount", "subtotal", "usage_amount", "spend", "total_before", "usage_total")
_MINIMUM = ("minimum_spend", "minimum_amount", "minimum", "min_spend", "minimum_commitment")
_MAXIMUM = ("maximum_spend", "maximum_amount", "maximum", "max_spend")


@adapter("|".join(_SPENT), "|".join((*_MINIMUM, *_MAXIMUM)))
def limit_spend(given: Given) -> dict[str, Any]:
    """The least and the most that a period costs, also when it was billed in part before."""
    purse = given.purse()
    spent = to_minor(purse.exact(given.need(*_SPENT)), purse.currency)
    before = to_minor(
        purse.exact(given.get("already_billed_amount", "already_billed") or 0), purse.currency
    )
    kept, missing = spent, 0
    if given.has(*_MAXIMUM):
        limit = to_minor(purse.exact(given.need(*_MAXIMUM)), purse.currency)
        kept = cap_credit(spent, limit, before)
    if given.has(*_MINIMUM):
        least = purse.exact(given.need(*_MINIMUM))
        exact = Fraction(before + kept, purse.currency.scale)
        missing = to_minor(true_up(least, exact), purse.currency)
    top_up = ("true_up", "minimum_charge", "minimum_line", "top_up", "minimum_spend_charge")
    over = ("discount", "maximum_discount", "maximum_spend_discount", "over_maximum")
    return {
        **dict.fromkeys(("total", "amount", "billed"), purse.tell(kept + missing)),
        **dict.fromkeys(top_up, purse.tell(missing)),
        **dict.fromkeys(over, purse.tell(spent - kept)),
    }
