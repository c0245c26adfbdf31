"""Prices, worked examples and effects in words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.core.pricing.worked import sample_quantities, work_example
from quarterday.services.catalog.foresee_price import PriceEffect
from quarterday.store.models import Price
from quarterday.web.console.door import Staff
from quarterday.web.console.page import frame
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.prices import describe_price
from quarterday.web.kit.words import format_money, format_quantity

HOME = "/console/catalogue/"
TABS = (
    ("Products and prices", HOME),
    ("Taxes", f"{HOME}taxes/"),
    ("Discounts", f"{HOME}discounts/"),
)


def tabs(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """The parts of the catalogue, and which of them is shown."""
    return [(label, path, request.path == path) for label, path in TABS]


def say_price(price: Price) -> str:
    """What a price says, in a line."""
    words = describe_price(price)
    return "; ".join((words.head, *words.notes))


def link_price(price: Price) -> SafeString:
    """A price in words, leading to its page."""
    return format_html('<a href="{}prices/{}/">{}</a>', HOME, price.public_id, say_price(price))


def pill(word: str, tone: str) -> SafeString:
    """A word with its colour."""
    return format_html('<span class="pill pill-{}">{}</span>', tone, word)


def show_example(
    terms: PriceTerms,
    before: PriceTerms | None = None,
    *,
    inclusive: bool = False,
    was_inclusive: bool | None = None,
) -> Table:
    """Quantities and what they cost in a whole period; beside what they cost before."""
    quantities = sample_quantities(terms.model, terms.free_units)
    if before is not None:
        own = sample_quantities(before.model, before.free_units)
        quantities = sorted({*quantities, *own})[:16]
    code = terms.currency.code
    rows = work_example(terms, quantities)
    if before is None:
        columns = [Column("Quantity"), Column("Costs", is_amount=True)]
        columns.append(Column("Each, on average", is_amount=True))
        cells = [
            [
                format_quantity(one.quantity),
                format_money(one.minor, code),
                "–" if one.each_minor is None else format_money(one.each_minor, code),
            ]
            for one in rows
        ]
    else:
        # Amounts that are not alike say so, each above its own column.
        differs = was_inclusive not in (None, inclusive)
        columns = [
            Column("Quantity"),
            Column(f"Now, {_say_tax(not inclusive)}" if differs else "Now", is_amount=True),
            Column(f"New, {_say_tax(inclusive)}" if differs else "New", is_amount=True),
            Column("Difference", is_amount=True),
        ]
        cells = [
            [
                format_quantity(new.quantity),
                format_money(old.minor, code),
                format_money(new.minor, code),
                say_difference(new.minor - old.minor, code),
            ]
            for old, new in zip(work_example(before, quantities), rows, strict=True)
        ]
    return Table(f"A whole period, {_say_tax(inclusive)}", columns, cells, is_quiet=False)


def _say_tax(inclusive: bool) -> str:
    return "tax included" if inclusive else "before tax"


def say_difference(minor: int, code: str) -> str:
    """A difference with its sign; none is a dash."""
    return "–" if not minor else f"{'+' if minor > 0 else ''}{format_money(minor, code)}"


def list_effects(effect: PriceEffect, code: str) -> list[str]:
    """Who has the price, and what moving all of them would change."""
    if not effect.items:
        return ["Nobody has this price now, so nobody's bills change."]
    noun = "contract has" if effect.items == 1 else "contracts have"
    found = [f"{effect.items:,} {noun} the price as it is now."]
    if effect.difference_minor:
        word = "more" if effect.difference_minor > 0 else "less"
        found.append(
            f"If all of them move, {format_money(abs(effect.difference_minor), code)} {word} "
            f"recurs in a month: {format_money(effect.after_minor, code)} instead of "
            f"{format_money(effect.before_minor, code)}, before discounts and tax."
        )
    elif not effect.is_usage:
        found.append("What recurs in a month stays the same.")
    if effect.is_usage:
        found.append("It is charged by usage, so the rest of the effect depends on what is used.")
    return found


def piece(request: HttpRequest, staff: Staff, context: Mapping[str, Any]) -> dict[str, Any]:
    """What a part of a page is given that htmx asks for."""
    return {**frame(request, staff), **context}
