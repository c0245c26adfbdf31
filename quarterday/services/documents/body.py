"""The body of a document with lines: columns, running sums, tax summary and totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from quarterday.services.documents.words import (
    align_numbers,
    format_money,
    format_number,
    format_price,
    format_quantity,
    format_rate,
)

_CARRY_FROM = 5


class Tax(NamedTuple):
    """A tax of a document, or of one to come."""

    code: str
    name: str
    percent: Decimal
    category: str
    reason: str
    base_minor: int
    tax_minor: int


class Line(NamedTuple):
    """A line as it is printed. Amounts as its price says (``net_minor``), and without tax.

    Without quantity and price it has an amount only.
    """

    title: str
    details: Sequence[str]
    net_minor: int
    base_minor: int
    tax_code: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


class Sums(NamedTuple):
    """The totals of a document, in minor units."""

    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int


def add_body(page: dict[str, Any], lines: Sequence[Line], taxes: Sequence[Tax], sums: Sums) -> None:
    """Put lines, tax summary and totals on a page.

    Amounts of lines have the tax inside when those of all lines have; otherwise none has.
    """
    inside = bool(sums.tax_minor) and sum(line.net_minor for line in lines) == sums.total_minor
    plain = inside or sum(line.net_minor for line in lines) == sums.net_minor
    amounts = [line.net_minor if plain else line.base_minor for line in lines]
    rates = _read_rates(taxes)
    shown = [_show_rate(line.tax_code, rates) for line in lines]
    add_lines(page, lines, amounts, sums.currency, shown if any(shown) else None)
    for printed, line in zip(page["lines"], lines, strict=True):
        if not plain and line.net_minor != line.base_minor:
            amount = format_money(line.net_minor, sums.currency)
            printed["details"].append(_("%(amount)s with tax") % {"amount": amount})
    page["totals"] = [*_make_totals(taxes, sums, inside)]
    page["taxes"] = _summarize(taxes, sums.currency)


def add_lines(
    page: dict[str, Any],
    lines: Sequence[Line],
    amounts: Sequence[int],
    currency: str,
    rates: Sequence[str] | None = None,
) -> None:
    """Put lines alone on a page, each with the sum up to it."""
    priced = any(line.quantity is not None for line in lines)
    page["columns"] = {
        "position": _("No."),
        "description": _("Description"),
        "quantity": _("Quantity") if priced else "",
        "unit_price": _("Unit price") if any(line.unit_price is not None for line in lines) else "",
        "tax": _("Tax") if rates else "",
        "amount": _("Amount in %(currency)s") % {"currency": currency},
    }
    quantities = align_numbers(
        [format_quantity(line.quantity) if line.quantity is not None else "" for line in lines]
    )
    prices = align_numbers(
        [
            format_price(line.unit_price, currency) if line.unit_price is not None else ""
            for line in lines
        ]
    )
    page["carries"] = len(lines) >= _CARRY_FROM
    running = 0
    for place, (line, amount) in enumerate(zip(lines, amounts, strict=True)):
        running += amount
        page["lines"].append(
            {
                "position": place + 1,
                "title": line.title,
                "details": list(line.details),
                "quantity": quantities[place],
                "unit_price": prices[place],
                "tax": rates[place] if rates else "",
                "amount": format_number(amount, currency),
                "running": format_number(running, currency),
            }
        )


def total(name: str, minor: int, currency: str, *, strong: bool = False) -> dict[str, Any]:
    """A row of the totals."""
    return {"name": name, "value": format_money(minor, currency), "strong": strong}


def _make_totals(taxes: Sequence[Tax], sums: Sums, inside: bool) -> Iterable[dict[str, Any]]:
    code = sums.currency
    rows = [
        total(f"{one.name} {format_rate(one.percent)}", one.tax_minor, code)
        for one in taxes
        if one.percent
    ]
    last = total(_("Total"), sums.total_minor, code, strong=True)
    without = total(_("Total without tax"), sums.net_minor, code)
    if inside:
        return [last, without, *rows]
    return [without, *rows, last] if rows else [last]


def _read_rates(taxes: Sequence[Tax]) -> dict[str, str]:
    return {one.code: format_rate(one.percent) for one in taxes if one.percent}


def _show_rate(codes: str, rates: dict[str, str]) -> str:
    return " + ".join(rates[code] for code in codes.split("+") if code in rates)


def _summarize(taxes: Sequence[Tax], currency: str) -> dict[str, Any]:
    """Base and amount of each rate, and in words why something is not taxed."""
    head = [_("Tax"), _("Rate"), _("Net"), _("Tax amount")]
    rows = [
        [
            one.name,
            format_rate(one.percent),
            format_number(one.base_minor, currency),
            format_number(one.tax_minor, currency),
        ]
        for one in taxes
    ]
    notes = [_explain_untaxed(one) for one in taxes if not one.percent]
    return {"head": head, "rows": rows, "notes": [*dict.fromkeys(filter(None, notes))]}


def _explain_untaxed(tax: Tax) -> str:
    words = {
        "AE": _("Reverse charge: the recipient accounts for the tax."),
        "K": _("Intra-Community supply, exempt from tax."),
        "G": _("Export, not taxed here."),
        "O": _("Not subject to tax."),
        "E": _("Exempt from tax."),
    }.get(tax.category, "")
    # The code of an exemption carries a text that the law wants to see as it is.
    known = ("reverse charge", "intra-community supply", "export outside the eu")
    if tax.reason and tax.category == "E" and tax.reason.casefold() not in known:
        return f"{words} {tax.reason}".strip()
    return words
