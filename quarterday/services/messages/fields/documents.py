"""Invoices, credit notes and quotes as messages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from quarterday.core.lifecycle import InvoiceState
from quarterday.core.message import InFull, Span
from quarterday.core.money import Money, currency
from quarterday.services.errors import NotFound
from quarterday.services.messages.fields.source import Source
from quarterday.store.models import CreditNote, Invoice, PaymentAttempt, Quote

_SHOWN = 40


def load_invoice(source: Source) -> Mapping[str, Any]:
    """The invoice that a message names, or that a payment attempt was for."""
    invoice = find_invoice(source)
    if invoice is None:
        return {}
    is_open = invoice.status == InvoiceState.OPEN and invoice.open_minor > 0
    late = (source.today - invoice.due_on).days if is_open else 0
    return {
        "number": invoice.label,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "due_day": InFull(invoice.due_on),
        "total": source.exact(invoice.total_minor, invoice.currency),
        "open": source.exact(invoice.open_minor, invoice.currency),
        "paid": source.money(invoice.total_minor - invoice.open_minor, invoice.currency),
        "is_open": is_open,
        "is_overdue": late > 0,
        "days_overdue": max(0, late),
        "net": source.exact(invoice.net_minor, invoice.currency),
        "tax": source.money(invoice.tax_minor, invoice.currency),
        "lines": list_lines(invoice),
    }


def find_invoice(source: Source) -> Invoice | None:
    """The invoice that a message is about."""
    if source.find("inv"):
        return source.read(Invoice, "inv")
    attempt = source.read(PaymentAttempt, "att")
    if attempt is None or not attempt.invoices:
        return None
    return Invoice.objects.filter(
        account=source.account, public_id=str(attempt.invoices[0])
    ).first()


def list_lines(document: Invoice | CreditNote) -> list[dict[str, Any]]:
    """The lines without tax; the many of a long document end in one for the rest."""
    rows = list(
        document.lines.order_by("position").values_list(
            "description", "period_start", "period_end", "base_minor"
        )
    )
    unit = currency(document.currency)
    shown = rows if len(rows) <= _SHOWN else rows[: _SHOWN - 1]
    lines = [
        {"text": text, "note": _period(start, end), "amount": Money(minor, unit)}
        for text, start, end, minor in shown
    ]
    if rest := rows[len(shown) :]:
        lines.append({"text": f"+ {len(rest)}", "note": "", "amount": _sum(rest, document)})
    return lines


def _sum(rows: Iterable[tuple[Any, ...]], document: Invoice | CreditNote) -> Money:
    return Money(sum(row[3] for row in rows), currency(document.currency))


def _period(start: date, end: date) -> Span | str:
    return Span(start, end) if end > start else ""


def load_credit_note(source: Source) -> Mapping[str, Any]:
    """The credit note that a message names."""
    note = source.read(CreditNote, "crn", "invoice")
    if note is None:
        raise NotFound("the message names no credit note")
    return {
        "number": note.label,
        "issued_on": note.issued_on,
        "total": source.exact(note.total_minor, note.currency),
        "net": source.exact(note.net_minor, note.currency),
        "tax": source.money(note.tax_minor, note.currency),
        "invoice": note.invoice.label if note.invoice else "",
        "reason": note.reason if note.invoice else "",
        "lines": list_lines(note),
    }


def load_quote(source: Source) -> Mapping[str, Any]:
    """The quote that a message names."""
    quote = source.read(Quote, "quo")
    if quote is None:
        raise NotFound("the message names no quote")
    unit = currency(quote.currency)
    return {
        "number": quote.label,
        "total": Money(quote.total_minor, unit),
        "net": Money(quote.net_minor, unit),
        "tax": source.money(quote.tax_minor, quote.currency),
        "valid_through": quote.valid_through,
        "valid_day": InFull(quote.valid_through),
        "lines": [
            {
                "text": str(line.get("description", "")),
                "note": "",
                "amount": Money(int(line["base_minor"]), unit),
            }
            for line in quote.lines
        ],
    }
