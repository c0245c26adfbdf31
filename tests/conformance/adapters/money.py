"""Amounts rounded once, half up, to the currency's own decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from quarterday.core.money import to_minor
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price, rate_price
from tests.conformance.adapters.tax import read_lines
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError


@adapter("amount", "currency")
def round_amount(given: Given) -> dict[str, Any]:
    """An exact amount as the currency can hold it."""
    purse = given.purse()
    minor = to_minor(purse.exact(given.need("amount")), purse.currency)
    return {"rounded": purse.tell(minor), "amount": purse.tell(minor), "minor": minor}


@adapter("lines", "currency")
def sum_lines(given: Given) -> dict[str, Any]:
    """Lines are rounded, and their sum is exact."""
    purse = given.purse()
    amounts = read_lines(given.need("lines"), purse)
    return {
        **dict.fromkeys(("subtotal", "total", "net"), purse.tell(sum(amounts))),
        "lines": [purse.tell(amount) for amount in amounts],
    }


@adapter("quantity", "unit_price", "currency")
def multiply_once(given: Given) -> dict[str, Any]:
    """A quantity at a unit price: multiplied exactly, rounded once."""
    amount = _rate_units(
        given.purse(), given.exact("quantity"), given.purse().exact(given.need("unit_price"))
    )
    return dict.fromkeys(("amount", "total", "net"), amount)


@adapter("credits_bought|credits", "rate|price_per_credit")
def buy_credits(given: Given) -> dict[str, Any]:
    """Prepaid credit, rounded once as it is bought: what is invoiced is what is granted."""
    text = given.text("rate", "price_per_credit")
    found = re.match(r"([\d.]+)\s*([A-Z]{3})?", text)
    if not found:
        raise NotExpressedError(f"the rate {text!r}")
    code = given.text("currency") or found[2] or "EUR"
    purse = Purse(Given({"currency": code}).purse().currency)
    amount = _rate_units(purse, given.exact("credits_bought", "credits"), Decimal(found[1]))
    return dict.fromkeys(("invoice", "balance", "amount"), amount)


def _rate_units(purse: Purse, quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Units at a price; below zero it is the same amount given back."""
    price = Price(
        purse.currency, parse_model({"model": "per_unit", "unit_price": f"{abs(unit_price):f}"})
    )
    rated = rate_price(price, abs(quantity))
    sign = -1 if (quantity < 0) != (unit_price < 0) else 1
    return purse.tell(sign * to_minor(rated.amount, purse.currency))
