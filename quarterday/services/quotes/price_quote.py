"""What a quote costs, as it is kept with it and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from quarterday.core.money import plain
from quarterday.core.tax import TaxAmount
from quarterday.services.orders.choose_items import Chosen
from quarterday.services.orders.price_order import PricedLine, price_order
from quarterday.services.quotes.quote_items import quoted_discounts, read_quoted
from quarterday.store.models import Account, Discount, Quote


class Figures(NamedTuple):
    """The first invoice as data, its sums in minor units, and what comes after it."""

    lines: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    coming: list[dict[str, Any]]
    net_minor: int
    tax_minor: int
    total_minor: int


def price_quote(*, quote: Quote, today: date) -> Figures:
    """What a quote costs when it is accepted today.

    Its prices hold, but the days that its first invoice is for, and their tax, are those of the
    day on which it is accepted. Raises `BillingError` for what cannot be sold any more.
    """
    return price_items(quote.account, read_quoted(quote), quoted_discounts(quote), today)


def price_items(
    account: Account, chosen: Sequence[Chosen], discounts: Sequence[Discount], today: date
) -> Figures:
    """What an account will be billed for contracts that begin today."""
    priced = price_order(account, chosen, discounts, today)
    return Figures(
        [_line_data(one) for one in priced.lines],
        [_tax_data(one) for one in priced.taxes],
        [
            {"begins_on": one.begins_on.isoformat(), "total_minor": one.total_minor}
            for one in priced.coming
        ],
        priced.net_minor,
        priced.tax_minor,
        priced.total_minor,
    )


def _line_data(line: PricedLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "description": line.description,
        "period_start": line.period.start.isoformat(),
        "period_end": line.period.end.isoformat(),
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount_minor": line.discount_minor,
        "net_minor": line.gross_minor - line.discount_minor,
        "base_minor": line.base_minor,
        "tax_code": line.tax_code,
        "explanation": line.explanation,
    }


def _tax_data(tax: TaxAmount) -> dict[str, Any]:
    return {
        "code": tax.rate.code if tax.rate else tax.category,
        "name": tax.rate.name if tax.rate else tax.reason,
        "percent": plain(tax.percent),
        "category": tax.category,
        "reason": tax.reason,
        "base_minor": tax.base_minor,
        "tax_minor": tax.tax_minor,
    }
