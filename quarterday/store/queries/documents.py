"""Documents to look at: invoices page by page, and one document with all that belongs to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from quarterday.core.money import currency, format_minor, plain
from quarterday.store.models import (
    Account,
    Allocation,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Seller,
)

Record = dict[str, Any]


class Page(NamedTuple):
    """Invoices, the newest first, and where the next page goes on; None when there is none."""

    invoices: list[Invoice]
    before: int | None


def page_invoices(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    status: str | None = None,
    first: date | None = None,
    last: date | None = None,
    overdue_on: date | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Page:
    """A page of invoices, issued from ``first`` to ``last``, both included.

    ``overdue_on`` limits it to those that are open on that day and were due earlier. Hand on
    ``before`` of a page for the next one: however many there are, a page costs the same.
    """
    wanted = Q()
    for field, value in (
        ("account", account),
        ("seller", seller),
        ("status", status),
        ("issued_on__gte", first),
        ("issued_on__lte", last),
        ("id__lt", before),
    ):
        if value is not None:
            wanted &= Q(**{field: value})
    if overdue_on is not None:
        wanted &= Q(status="open", due_on__lt=overdue_on)
    rows = Invoice.objects.filter(wanted).select_related("account", "seller").order_by("-id")
    found = list(rows[: limit + 1])
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def describe_document(document: Invoice | CreditNote) -> Record:
    """An invoice or credit note with its lines, its taxes and what it settled, as plain data.

    Amounts are text in currency units; the end of a period is the first day after it.
    """
    code = document.currency
    return {
        "label": document.label,
        "kind": "invoice" if isinstance(document, Invoice) else "credit note",
        "id": document.public_id,
        "seller": document.seller.code,
        "seller_details": document.seller_snapshot.data,
        "account": str(document.account),
        "account_details": document.account_snapshot.data,
        "issued_on": document.issued_on.isoformat(),
        "currency": code,
        "lines": [_describe_line(line, code) for line in _read_lines(document)],
        "taxes": [_describe_tax(tax, code) for tax in document.taxes.order_by("id")],
        "net": _amount(document.net_minor, code),
        "tax": _amount(document.tax_minor, code),
        "total": _amount(document.total_minor, code),
        "settled": [
            _describe_allocation(one, code)
            for one in document.allocations.select_related(
                "invoice", "payment", "grant", "credit_note"
            ).order_by("id")
        ],
        **_describe_kind(document),
    }


def _read_lines(document: Invoice | CreditNote) -> Sequence[InvoiceLine | CreditNoteLine]:
    if isinstance(document, CreditNote):
        notes = CreditNoteLine.objects.filter(credit_note=document)
        return list(notes.select_related("product").order_by("position"))
    rows = InvoiceLine.objects.filter(invoice=document)
    return list(rows.select_related("product").order_by("position"))


def _describe_kind(document: Invoice | CreditNote) -> Record:
    """What only an invoice has, or only a credit note."""
    if isinstance(document, CreditNote):
        return {"reason": document.reason, "corrects": document.invoice and document.invoice.label}
    return {
        "due_on": document.due_on.isoformat(),
        "status": str(document.status),
        "open": _amount(document.open_minor, document.currency),
    }


def _describe_line(line: InvoiceLine | CreditNoteLine, code: str) -> Record:
    discount = line.discount_minor if isinstance(line, InvoiceLine) else 0
    return {
        "position": line.position,
        "kind": str(line.kind),
        "product": line.product.code,
        "description": line.description,
        "period_start": line.period_start.isoformat(),
        "period_end": line.period_end.isoformat(),
        "quantity": plain(line.quantity),
        "unit_code": line.unit_code,
        "unit_price": plain(line.unit_price),
        "gross": _amount(line.net_minor + discount, code),
        "discount": _amount(discount, code),
        "net": _amount(line.net_minor, code),
        "base": _amount(line.base_minor, code),
        "tax_code": line.tax_code,
        "tax_included": line.base_minor != line.net_minor,
        "explanation": json.loads(line.explanation),
    }


def _describe_tax(tax: InvoiceTax | CreditNoteTax, code: str) -> Record:
    return {
        "code": tax.code,
        "name": tax.name,
        "percent": plain(tax.percent),
        "category": tax.category,
        "reason_code": tax.reason_code,
        "reason": tax.reason,
        "base": _amount(tax.base_minor, code),
        "tax": _amount(tax.tax_minor, code),
    }


def _describe_allocation(one: Allocation, code: str) -> Record:
    source: tuple[str, str]
    if one.payment:
        source = "payment", one.payment.external_id or one.payment.public_id
    elif one.grant:
        grant = one.grant
        kind = f"credit from {grant.kind.replace('_', ' ')}"
        source = kind, grant.external_id or grant.reason or grant.public_id
    else:
        source = "credit note", str(one.credit_note)
    return {
        "on": one.on.isoformat(),
        "invoice": one.invoice.label,
        "amount": _amount(one.amount_minor, code),
        "source": source[0],
        "reference": source[1],
    }


def _amount(minor: int, code: str) -> str:
    return format_minor(minor, currency(code))
