"""What was agreed and stands behind the lines of a document: the period of a price, the meter, the
discounts. Prices and the terms of discounts never change, so that they can be looked up later.
"""

from __future__ import annotations

from typing import Any

from quarterday.core.money import currency, format_minor, plain
from quarterday.store.models import (
    CreditGrant,
    CreditKind,
    CreditNote,
    CreditNoteLine,
    Discount,
    Invoice,
    InvoiceLine,
    SubscriptionItem,
)

Record = dict[str, Any]


def add_terms(data: Record, document: Invoice | CreditNote) -> None:
    """Give each line of `describe_document` its ``terms`` and the ``discounts`` taken off it."""
    items = _load_items(document)
    discounts = _load_discounts(data, document)
    unit = currency(data["currency"])
    for line in data["lines"]:
        item = items.get(line["position"])
        line["terms"] = describe_terms(item) if item else {}
        line["discounts"] = [
            discounts.get(code, {"code": code}) | {"amount": format_minor(minor, unit)}
            for code, minor in line["explanation"].get("discounts", ())
        ]


def describe_terms(item: SubscriptionItem) -> Record:
    """How often the price is charged, and what it measures."""
    price, plan = item.price, item.price.plan
    terms: Record = {"cadence": f"{plan.cadence_count} {plan.cadence_unit}"}
    if price.free_units:
        terms["free_units"] = plain(price.free_units)
    if price.meter:
        terms |= {"meter": price.meter.name, "aggregation": str(price.meter.aggregation)}
    return terms


def list_grants(note: CreditNote) -> list[Record]:
    """What of a credit note became credit of its account."""
    rows = CreditGrant.objects.filter(
        account=note.account, kind=CreditKind.CREDIT_NOTE, reason=note.label
    )
    unit = currency(note.currency)
    return [
        {
            "id": row.public_id,
            "granted_on": row.granted_on.isoformat(),
            "amount": format_minor(row.amount_minor, unit),
            "open": format_minor(row.open_minor, unit),
        }
        for row in rows.order_by("id")
    ]


def _load_items(document: Invoice | CreditNote) -> dict[int, SubscriptionItem]:
    """The items behind the lines, by the position of the line."""
    rows: Any
    if isinstance(document, CreditNote):
        rows = CreditNoteLine.objects.filter(credit_note=document)
    else:
        rows = InvoiceLine.objects.filter(invoice=document)
    found = rows.select_related("item__price__plan", "item__price__meter")
    return {row.position: row.item for row in found if row.item}


def _load_discounts(data: Record, document: Invoice | CreditNote) -> dict[str, Record]:
    codes = {code for line in data["lines"] for code, _ in line["explanation"].get("discounts", ())}
    rows = Discount.objects.filter(seller=document.seller, code__in=codes) if codes else ()
    return {
        row.code: {"code": row.code, "kind": str(row.kind), "value": plain(row.value)}
        for row in rows
    }
