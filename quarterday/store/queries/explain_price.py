"""What a price made of a quantity and of days: the steps, the share of the period, the rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from quarterday.store.queries.explain_words import Unit, show_number, show_share

_MEASURES = {
    "sum": "all of it added up",
    "count": "the number of events",
    "max": "the highest value",
    "last": "the last value",
    "unique": "the number of different values",
    "time_weighted": "the average over the time",
    "percentile_95": "the highest value after the top 5 % are dropped",
}


def explain_price(facts: dict[str, Any], terms: dict[str, str], unit: Unit) -> Iterator[str]:
    """The sentences about a line that a price was rated for."""
    steps = [step for step in facts["steps"] if step[0] != "factor"]
    if "meter" in terms:
        yield f"measured: {_measure(facts, terms)}"
    elif "free_units" in terms:
        yield f"{show_number(facts['quantity'])} in all, {show_number(terms['free_units'])} free"
    texts = list(_explain_steps(facts, steps, unit))
    head = f"price {facts['price']}"
    each = "" if "meter" in terms else _each(terms)
    if not texts:
        yield f"{head}: nothing is charged for {show_number(facts['quantity'])}"
        return
    if len(texts) == 1:
        yield f"{head}: {texts[0]}{each}"
    else:
        yield f"{head}{each}, {facts['model']['model'].replace('_', ' ')}:"
        yield from (f"  {text}" for text in texts)
    whole = sum((Fraction(step[3]) for step in steps), Fraction(0))
    exact = Fraction(facts["exact"])
    if Fraction(facts["factor"]) != 1:
        # For 24 of 30 days: price × 24/30 days = amount.
        yield f"{_amount(whole, unit)} × {show_share(facts)} = {unit.rounded(exact)}"
    elif len(texts) != 1:
        yield f"together {unit.rounded(exact)}"
    elif not unit.is_whole(exact):
        yield unit.rounded(exact).replace(", rounded", " is rounded")


def _amount(exact: Fraction, unit: Unit) -> str:
    return unit.exact(exact).removesuffix(f" {unit.code}")


def _each(terms: dict[str, str]) -> str:
    """How often the price is charged: each month, every 3 months."""
    if "cadence" not in terms:
        return ""
    count, name = terms["cadence"].split()
    return f" each {name}" if count == "1" else f" every {count} {name}s"


def _measure(facts: dict[str, Any], terms: dict[str, str]) -> str:
    how = _MEASURES.get(terms["aggregation"], terms["aggregation"])
    text = f"{show_number(facts['quantity'])}, {how} ({terms['meter']})"
    free = terms.get("free_units")
    return f"{text}, of which {show_number(free)} are free" if free else text


def _explain_steps(
    facts: dict[str, Any], steps: Sequence[Sequence[str]], unit: Unit
) -> Iterator[str]:
    reached = Fraction(0)
    for label, quantity, price, amount in steps:
        if label == "minimum":
            yield _explain_minimum(reached, price, Fraction(amount), unit)
        elif label == "flat":
            yield unit(price)
        elif label == "free":
            yield f"{show_number(quantity)} are free"
        elif label.endswith(" %"):
            yield f"{label} of {show_number(quantity)} = {unit.exact(amount)}"
        elif label.endswith("flat fee"):
            yield f"{_name(label, facts)}: {unit.exact(amount)}"
        else:
            product = f"{show_number(quantity)} × {unit(price)} = {unit.exact(amount)}"
            name = _name(label, facts)
            yield f"{name}: {product}" if name else product
        reached += Fraction(amount)


def _explain_minimum(reached: Fraction, minimum: str, missing: Fraction, unit: Unit) -> str:
    """What a minimum adds; that of a part of a period is smaller."""
    text = f"minimum {unit(minimum)}"
    if reached + missing != Fraction(minimum):
        share = (reached + missing) / Fraction(minimum)
        text += f", for these days × {share} = {unit.exact(reached + missing)}"
    return f"{text}: {unit.exact(missing)} more"


def _name(label: str, facts: dict[str, Any]) -> str:
    """A step in words: which units a tier holds, how many a package has."""
    model = facts["model"]
    if label == "units":
        return ""
    if label == "packages":
        return f"packages of {show_number(model['size'])}"
    bounds = [tier.get("up_to") for tier in model.get("tiers", ())]
    for lower, upper in pairwise([None, *bounds]):
        tier = "the rest" if upper is None else f"up to {upper}"
        if label == tier or label.startswith(f"{tier}, "):
            return _tier(lower, upper, model["model"]) + label.removeprefix(tier)
    return label


def _tier(lower: str | None, upper: str | None, model: str) -> str:
    if lower is None:
        words = "all units" if upper is None else f"up to {show_number(upper)}"
    elif upper is None:
        words = f"above {show_number(lower)}"
    else:
        words = f"above {show_number(lower)}, up to {show_number(upper)}"
    return f"all at the price for {words}" if model == "volume" else words


def explain_commitment(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What is missing to a minimum commitment."""
    yield f"least amount agreed for a period ({facts['price']}): {unit(facts['commitment'])}"
    factor = Fraction(facts["factor"])
    if factor != 1:
        committed = unit.exact(Fraction(facts["commitment"]) * factor)
        yield f"{unit.number(facts['commitment'])} × {show_share(facts)} = {committed}"
    missing = facts["amount_minor"]
    words = f"so {unit.minor(missing)} is missing" if missing else "so nothing is missing"
    yield f"charged in the period: {unit.minor(facts['spent_minor'])}, {words}"


def explain_unused(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """Days that were paid for and not served."""
    charged, back = unit.minor(facts["charged_minor"]), -facts["amount_minor"]
    days = f"{facts['days']} of its {facts['of_days']} days are not used"
    yield f"{facts['line']} charged {charged}; {days}"
    exact = Fraction(charged.split()[0].replace(",", "")) * Fraction(facts["factor"])
    text = f"{charged.split()[0]} × {show_share(facts)} = {unit.rounded(exact)}"
    if before := facts.get("credited_before_minor"):
        text += f"; {unit.minor(before)} of the line was credited before"
    if back != unit.round(exact):
        text += f", so {unit.minor(back)} is left"
    yield f"{text}, given back"


def show_discount(one: dict[str, str], unit: Unit) -> str:
    """A discount with its terms, and what it took off a line."""
    value, taken = one.get("value", "0"), unit(one["amount"])
    match one.get("kind"):
        case "percentage":
            terms = f" ({value} %)"
        case "fixed":
            share = "" if Decimal(value) == Decimal(one["amount"]) else ", here a share of it"
            terms = f" ({unit(value)} off{share})"
        case "price_override":
            terms = f" (a price of {unit(value)} instead)"
        case "free_setup":
            terms = " (no setup fee)"
        case _:
            terms = ""
    return f"discount {one['code']}{terms}: less {taken}"
