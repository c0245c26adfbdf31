"""Prices and how often they recur, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from babel.numbers import format_currency, format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quarterday.core.money import currency as find_currency
from quarterday.core.money import to_minor
from quarterday.store.models import Price
from quarterday.web.kit.words import format_money, format_quantity, locale

_NOTHING = Decimal(0)


class PriceWords(NamedTuple):
    """A price as people say it, and what else there is to know of it."""

    head: str
    notes: tuple[str, ...] = ()


def format_price(amount: Decimal, code: str) -> str:
    """An exact price of one unit, with as many decimals as it has: ``0.0025 €``."""
    unit = find_currency(code)
    if (minor := to_minor(amount, unit)) == amount.scaleb(unit.exponent):
        return format_money(minor, code)
    places = "0" * unit.exponent
    number = format_decimal(amount, format=f"#,##0.{places}##########", locale=locale())
    symbol = format_currency(0, code, "¤", locale=locale(), currency_digits=False)
    return f"{number} {symbol}"


def describe_cadence(count: int, unit: str) -> str:
    """How often something recurs: per month, every 3 months."""
    match unit:
        case "day":
            return ngettext("per day", "every %(count)s days", count) % {"count": count}
        case "week":
            return ngettext("per week", "every %(count)s weeks", count) % {"count": count}
        case "month":
            return ngettext("per month", "every %(count)s months", count) % {"count": count}
        case _:
            return ngettext("per year", "every %(count)s years", count) % {"count": count}


def describe_price(price: Price) -> PriceWords:
    """A price with its plan and meter loaded, in words."""
    code, model = price.currency, price.model
    cadence = describe_cadence(price.plan.cadence_count, price.plan.cadence_unit)
    unit = describe_unit(price)
    match model["model"]:
        case "flat":
            amount = format_price(Decimal(str(model["amount"])), code)
            head = _("%(amount)s %(cadence)s") % {"amount": amount, "cadence": cadence}
            return PriceWords(head, tuple(_notes(price)))
        case "per_unit":
            amount = format_price(Decimal(str(model["unit_price"])), code)
            return PriceWords(_each(amount, unit, cadence, price), tuple(_notes(price)))
        case "package":
            words = {
                "amount": format_price(Decimal(str(model["price"])), code),
                "size": format_quantity(Decimal(str(model["size"]))),
                "unit": unit,
            }
            head = _("%(amount)s for every %(size)s %(unit)s begun") % words
            return PriceWords(_recurring(head, cadence, price), tuple(_notes(price)))
        case "percentage":
            percent = format_quantity(Decimal(str(model["rate_percent"])))
            head = _("%(percent)s %% of the amount") % {"percent": percent}
            return PriceWords(head, (*_percentage_notes(model, code), *_notes(price)))
        case _:
            return _describe_tiers(price, unit, cadence)


def _each(amount: str, unit: str, cadence: str, price: Price) -> str:
    if price.meter_id:
        return _("%(amount)s for each %(unit)s") % {"amount": amount, "unit": unit}
    if unit == _one():
        return _("%(amount)s each, %(cadence)s") % {"amount": amount, "cadence": cadence}
    words = {"amount": amount, "unit": unit, "cadence": cadence}
    return _("%(amount)s for each %(unit)s, %(cadence)s") % words


def _recurring(head: str, cadence: str, price: Price) -> str:
    return head if price.meter_id else f"{head}, {cadence}"


def _describe_tiers(price: Price, unit: str, cadence: str) -> PriceWords:
    """Prices that depend on how much it is: one sentence for each tier."""
    tiers = price.model["tiers"]
    lower = _NOTHING
    said = []
    for tier in tiers:
        upper = None if tier.get("up_to") is None else Decimal(str(tier["up_to"]))
        said.append(_describe_tier(tier, lower, upper, price.currency))
        lower = upper or lower
    if price.model["model"] == "volume":
        why = _("The whole quantity has the price of the step that it reaches.")
    else:
        why = _("Each step has its own price; what lies in the step before stays at that price.")
    steps = [_tier_price(tier, price.currency) for tier in sorted(tiers, key=_rate_of)]
    if steps[0] == steps[-1]:
        head = _each(steps[0], unit, cadence, price)
    else:
        words = {"least": steps[0], "most": steps[-1], "unit": unit}
        head = _recurring(_("%(least)s to %(most)s for each %(unit)s") % words, cadence, price)
    return PriceWords(head, (*said, why, *_notes(price)))


def _describe_tier(tier: dict[str, Any], lower: Decimal, upper: Decimal | None, code: str) -> str:
    words = {
        "price": _tier_price(tier, code),
        "lower": format_quantity(lower),
        "upper": format_quantity(upper or lower),
    }
    if upper is None and not lower:
        text = _("Any quantity: %(price)s each") % words
    elif upper is None:
        text = _("Above %(lower)s: %(price)s each") % words
    elif not lower:
        text = _("Up to %(upper)s: %(price)s each") % words
    else:
        text = _("Above %(lower)s, up to %(upper)s: %(price)s each") % words
    fee = Decimal(str(tier.get("flat_fee", 0)))
    if fee:
        words = {"text": text, "fee": format_price(fee, code)}
        return _("%(text)s, and %(fee)s once the step is reached") % words
    return text


def _rate_of(tier: dict[str, Any]) -> Decimal:
    return Decimal(str(tier.get("rate_percent") or tier.get("unit_price", 0)))


def _tier_price(tier: dict[str, Any], code: str) -> str:
    if tier.get("rate_percent") is not None:
        return f"{format_quantity(Decimal(str(tier['rate_percent'])))} %"
    return format_price(Decimal(str(tier.get("unit_price", 0))), code)


def _percentage_notes(model: dict[str, Any], code: str) -> Iterator[str]:
    if fee := Decimal(str(model.get("fixed_fee", 0))):
        yield _("And %(amount)s for each event") % {"amount": format_price(fee, code)}
    if count := int(model.get("free_events", 0)):
        yield ngettext("The first event is free", "The first %(count)s events are free", count) % {
            "count": count
        }
    if free := Decimal(str(model.get("free_amount", 0))):
        yield _("The first %(amount)s are free") % {"amount": format_price(free, code)}


def _notes(price: Price) -> Iterator[str]:
    """What surrounds a price: free units, the least, the setup fee."""
    code = price.currency
    if price.free_units:
        words = {"count": format_quantity(price.free_units), "unit": describe_unit(price)}
        yield _("%(count)s %(unit)s are included in each period") % words
    if price.minimum:
        yield _("At least %(amount)s in each period") % {
            "amount": format_price(price.minimum, code)
        }
    if price.commitment:
        amount = format_price(price.commitment, code)
        yield _("You agreed to spend at least %(amount)s in each period") % {"amount": amount}
    if price.setup_fee:
        yield _("%(amount)s once, to set it up") % {"amount": format_price(price.setup_fee, code)}


def describe_unit(price: Price) -> str:
    """What is counted: by the unit code of the price, or just one of it."""
    known = {
        "E34": pgettext("unit", "GB"),
        "4L": pgettext("unit", "MB"),
        "E35": pgettext("unit", "TB"),
        "HUR": pgettext("unit", "hour"),
        "MIN": pgettext("unit", "minute"),
        "KWH": pgettext("unit", "kWh"),
        "DAY": pgettext("unit", "day"),
    }
    return known.get(price.unit_code, _one())


def _one() -> str:
    return pgettext("unit", "unit")
