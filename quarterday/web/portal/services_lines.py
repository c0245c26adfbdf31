"""The lines that a change of a service would bring, and how each of them comes to be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from quarterday.core.money import currency, format_minor, plain
from quarterday.core.tax import TaxAmount
from quarterday.services.invoicing.simulate import SimulatedInvoice, SimulatedLine
from quarterday.services.subscriptions.preview_change import Preview, added_lines
from quarterday.store.models import Account, Discount, SubscriptionItem
from quarterday.store.queries.contracts import load_labelled
from quarterday.store.queries.explain_terms import describe_terms
from quarterday.web.kit.sums import tell_sums

Record = dict[str, Any]


class EffectLine(NamedTuple):
    """A line that would be billed; ``is_new`` when the change brings it."""

    line: SimulatedLine
    last_on: date
    is_new: bool
    days: int
    of_days: int
    why: tuple[str, ...]


class EffectInvoice(NamedTuple):
    """An invoice that would be issued, or below zero a credit note."""

    invoice: SimulatedInvoice
    lines: tuple[EffectLine, ...]
    taxes: tuple[TaxAmount, ...]


class Known(NamedTuple):
    """What explanations name: the terms of prices by label, and discounts by code."""

    terms: Mapping[str, Record]
    discounts: Mapping[str, Record]


def load_known(account: Account, invoices: Sequence[SimulatedInvoice]) -> Known:
    """What the lines of some invoices name, by two reads."""
    facts = [json.loads(line.explanation) for one in invoices for line in one.lines]
    prices = load_labelled(account, {str(one["price"]) for one in facts if "price" in one})
    codes = {code for one in facts for code, _ in one.get("discounts", ())}
    rows = Discount.objects.filter(seller=account.seller_id, code__in=codes) if codes else ()
    return Known(
        {name: describe_terms(SubscriptionItem(price=price)) for name, price in prices.items()},
        {
            row.code: {"code": row.code, "kind": str(row.kind), "value": plain(row.value)}
            for row in rows
        },
    )


def tell_invoice(preview: Preview, one: SimulatedInvoice, known: Known) -> EffectInvoice:
    """An invoice to come with its lines in words."""
    new = set(map(id, added_lines(preview, one)))
    # A period to come has no usage yet, so its line says nothing.
    said = [line for line in one.lines if line.net_minor or line.kind != "usage"]
    lines = tuple(_tell_line(line, one.currency, id(line) in new, known) for line in said)
    return EffectInvoice(one, lines, one.taxes)


def _tell_line(line: SimulatedLine, code: str, is_new: bool, known: Known) -> EffectLine:
    facts = json.loads(line.explanation)
    last = max(line.period.start, line.period.end - timedelta(days=1))
    why = tuple(tell_sums(_as_record(line, facts, code, known), code))
    days, of_days = facts.get("days", 0), facts.get("of_days", 0)
    return EffectLine(line, last, is_new, days, of_days, why)


def _as_record(line: SimulatedLine, facts: Record, code: str, known: Known) -> Record:
    """A line to come as `tell_sums` reads those of documents."""
    unit = currency(code)
    return {
        "explanation": facts,
        "terms": known.terms.get(str(facts.get("price")), {}),
        "gross": format_minor(line.gross_minor, unit),
        "discount": format_minor(line.discount_minor, unit),
        "net": format_minor(line.net_minor, unit),
        "discounts": [
            known.discounts.get(name, {"code": name}) | {"amount": format_minor(off, unit)}
            for name, off in facts.get("discounts", ())
        ],
    }
