"""What a price made of a quantity and of days: the steps, the share of the period, the rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quarterday.store.queries.explain_words import Unit, show_share

_MEASURES: dict[str, str | Promise] = {
    "sum": gettext_lazy("all of it added up"),
    "count": gettext_lazy("the number of events"),
    "max": gettext_lazy("the highest value"),
    "last": gettext_lazy("the last value"),
    "unique": gettext_lazy("the number of different values"),
    "time_weighted": gettext_lazy("the average over the time"),
    "percentile_95": gettext_lazy("the highest value after the top 5 percent are dropped"),
}
_MODELS: dict[str, str | Promise] = {
    "graduated": gettext_lazy("graduated"),
    "volume": gettext_lazy("volume"),
    "package": gettext_lazy("package"),
    "percentage": gettext_lazy("percentage"),
    "per_unit": gettext_lazy("per unit"),
    "flat": gettext_lazy("flat"),
}


def explain_price(facts: dict[str, Any], terms: dict[str, str], unit: Unit) -> Iterator[str]:
    """The sentences about a line that a price was rated for."""
    steps = [step for step in facts["steps"] if step[0] != "factor"]
    if "meter" in terms:
        yield _("measured: %(measure)s") % {"measure": _measure(facts, terms, unit)}
    elif "free_units" in terms:
        words = {"count": unit.count(facts["quantity"]), "free": unit.count(terms["free_units"])}
        yield _("%(count)s in all, %(free)s free") % words
    texts = list(_explain_steps(facts, steps, unit))
    head = unit.name_price(facts["price"])
    each = "" if "meter" in terms else _each(terms)
    if not texts:
        nothing = _("nothing is charged for %(count)s") % {"count": unit.count(facts["quantity"])}
        yield _join(head, nothing)
        return
    if len(texts) == 1:
        yield _join(head, f"{texts[0]}{each}")
    else:
        model = facts["model"]["model"]
        yield f"{head}{each}, {_MODELS.get(model, model)}:".lstrip(" ,")
        yield from (f"  {text}" for text in texts)
    whole = sum((Fraction(step[3]) for step in steps), Fraction(0))
    exact = Fraction(facts["exact"])
    if Fraction(facts["factor"]) != 1:
        # For 24 of 30 days: price × 24/30 days = amount.
        yield f"{unit.exact_number(whole)} × {show_share(facts)} = {unit.rounded(exact)}"
    elif len(texts) != 1:
        yield _("together %(amount)s") % {"amount": unit.rounded(exact)}
    elif not unit.is_whole(exact):
        words = {"exact": unit.exact(exact), "amount": unit.minor(unit.round(exact))}
        yield _("%(exact)s is rounded half up to %(amount)s") % words


def _join(head: str, text: str) -> str:
    return f"{head}: {text}" if head else text


def _each(terms: dict[str, str]) -> str:
    """How often the price is charged: each month, every 3 months."""
    if "cadence" not in terms:
        return ""
    said, name = terms["cadence"].split()
    count = int(said)
    match name:
        case "day":
            text = ngettext("each day", "every %(count)s days", count)
        case "week":
            text = ngettext("each week", "every %(count)s weeks", count)
        case "month":
            text = ngettext("each month", "every %(count)s months", count)
        case _other:
            text = ngettext("each year", "every %(count)s years", count)
    return f" {text % {'count': count}}"


def _measure(facts: dict[str, Any], terms: dict[str, str], unit: Unit) -> str:
    words = {
        "count": unit.count(facts["quantity"]),
        "how": _MEASURES.get(terms["aggregation"], terms["aggregation"]),
        "meter": terms["meter"],
    }
    if free := terms.get("free_units"):
        words["free"] = unit.count(free)
        return _("%(count)s, %(how)s (%(meter)s), of which %(free)s are free") % words
    return _("%(count)s, %(how)s (%(meter)s)") % words


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
            yield _("%(count)s are free") % {"count": unit.count(quantity)}
        elif label.endswith(" %"):
            words = {"percent": label, "base": unit.count(quantity), "amount": unit.exact(amount)}
            yield _("%(percent)s of %(base)s = %(amount)s") % words
        elif label.endswith("flat fee"):
            yield f"{_name(label, facts, unit)}: {unit.exact(amount)}"
        else:
            product = f"{unit.count(quantity)} × {unit(price)} = {unit.exact(amount)}"
            yield _join(_name(label, facts, unit), product)
        reached += Fraction(amount)


def _explain_minimum(reached: Fraction, minimum: str, missing: Fraction, unit: Unit) -> str:
    """What a minimum adds; that of a part of a period is smaller."""
    words: dict[str, Any] = {"minimum": unit(minimum), "missing": unit.exact(missing)}
    if reached + missing == Fraction(minimum):
        return _("minimum %(minimum)s: %(missing)s more") % words
    words["share"] = (reached + missing) / Fraction(minimum)
    words["least"] = unit.exact(reached + missing)
    return (
        _("minimum %(minimum)s, for these days × %(share)s = %(least)s: %(missing)s more") % words
    )


def _name(label: str, facts: dict[str, Any], unit: Unit) -> str:
    """A step in words: which units a tier holds, how many a package has."""
    model = facts["model"]
    if label == "units":
        return ""
    if label == "packages":
        return _("packages of %(size)s") % {"size": unit.count(str(model["size"]))}
    bounds = [tier.get("up_to") for tier in model.get("tiers", ())]
    for lower, upper in pairwise([None, *bounds]):
        tier = "the rest" if upper is None else f"up to {upper}"
        if label == tier or label.startswith(f"{tier}, "):
            named = _tier(lower, upper, model["model"], unit)
            if label.removeprefix(tier) == ", flat fee":
                return _("%(tier)s, flat fee") % {"tier": named}
            return named + label.removeprefix(tier)
    return label


def _tier(lower: str | None, upper: str | None, model: str, unit: Unit) -> str:
    bounds = {
        "lower": unit.count(lower) if lower is not None else "",
        "upper": unit.count(upper) if upper is not None else "",
    }
    if lower is None:
        words = _("all units") if upper is None else _("up to %(upper)s") % bounds
    elif upper is None:
        words = _("above %(lower)s") % bounds
    else:
        words = _("above %(lower)s, up to %(upper)s") % bounds
    return _("all at the price for %(tier)s") % {"tier": words} if model == "volume" else words


def explain_commitment(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What is missing to a minimum commitment."""
    words = {"price": facts["price"], "amount": unit(facts["commitment"])}
    yield _("least amount agreed for a period (%(price)s): %(amount)s") % words
    factor = Fraction(facts["factor"])
    if factor != 1:
        committed = unit.exact(Fraction(facts["commitment"]) * factor)
        yield f"{unit.number(facts['commitment'])} × {show_share(facts)} = {committed}"
    missing = facts["amount_minor"]
    words = {"spent": unit.minor(facts["spent_minor"]), "missing": unit.minor(missing)}
    if missing:
        yield _("charged in the period: %(spent)s, so %(missing)s is missing") % words
    else:
        yield _("charged in the period: %(spent)s, so nothing is missing") % words


def explain_unused(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """Days that were paid for and not served."""
    charged, back = facts["charged_minor"], -facts["amount_minor"]
    words = {
        "line": facts["line"],
        "charged": unit.minor(charged),
        "days": facts["days"],
        "whole": facts["of_days"],
    }
    yield (_("%(line)s charged %(charged)s; %(days)s of its %(whole)s days are not used") % words)
    exact = unit.major(charged) * Fraction(facts["factor"])
    number = unit.exact_number(unit.major(charged))
    sums = {"sum": f"{number} × {show_share(facts)} = {unit.rounded(exact)}"}
    before, is_less = facts.get("credited_before_minor"), back != unit.round(exact)
    sums |= {"before": unit.minor(before or 0), "left": unit.minor(back)}
    if before and is_less:
        text = _(
            "%(sum)s; %(before)s of the line was credited before, so %(left)s is left, given back"
        )
    elif before:
        text = _("%(sum)s; %(before)s of the line was credited before, given back")
    elif is_less:
        text = _("%(sum)s, so %(left)s is left, given back")
    else:
        text = _("%(sum)s, given back")
    yield text % sums


def show_discount(one: dict[str, str], unit: Unit) -> str:
    """A discount with its terms, and what it took off a line."""
    value = one.get("value", "0")
    words = {"code": one["code"], "amount": unit(one["amount"]), "percent": value}
    words["value"] = unit(value)
    match one.get("kind"):
        case "percentage":
            text = _("discount %(code)s (%(percent)s %%): less %(amount)s")
        case "fixed" if Decimal(value) == Decimal(one["amount"]):
            text = _("discount %(code)s (%(value)s off): less %(amount)s")
        case "fixed":
            text = _("discount %(code)s (%(value)s off, here a share of it): less %(amount)s")
        case "price_override":
            text = _("discount %(code)s (a price of %(value)s instead): less %(amount)s")
        case "free_setup":
            text = _("discount %(code)s (no setup fee): less %(amount)s")
        case _other:
            text = _("discount %(code)s: less %(amount)s")
    return text % words
