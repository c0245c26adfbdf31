"""The page of an invoice, or of a credit note."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from quarterday.services.documents.body import Line, Sums, Tax, add_body, total
from quarterday.services.documents.letter import Letter, make_letter
from quarterday.services.documents.line_text import explain_line, unit_price_of
from quarterday.services.documents.payment_part import add_payment
from quarterday.services.documents.words import format_day, format_days, format_money
from quarterday.store.models import (
    CreditNote,
    CreditNoteLine,
    DocumentKind,
    DocumentSeries,
    Invoice,
    InvoiceLine,
)
from quarterday.store.queries.printed import brand_of, sum_credited

Page = dict[str, Any]


def make_invoice_page(
    invoice: Invoice, *, pay_url: str = "", kind: DocumentKind = DocumentKind.INVOICE
) -> Page:
    """An invoice; as a pro forma, or of credit that was paid in, it has another title."""
    is_invoice = kind is DocumentKind.INVOICE
    is_advance = invoice.series == DocumentSeries.ADVANCE
    letter = Letter(
        kind=kind,
        seller=invoice.seller_snapshot.data,
        account=invoice.account_snapshot.data,
        brand=brand_of(invoice.seller),
        title=_title(is_invoice, is_advance),
        number=invoice.label,
        day=invoice.issued_on,
    )
    lines = list(invoice.lines.all())
    facts = [
        (_("Invoice date") if is_invoice else _("Date"), format_day(invoice.issued_on)),
        (_("Received on") if is_advance else _("Due on"), format_day(invoice.due_on)),
        (_("Service period"), _period_of(lines)),
    ]
    page = make_letter(letter, facts)
    _add_document(page, invoice, lines)
    if is_advance:
        _add_advance(page, invoice)
        return page
    _add_settlement(page, invoice)
    if invoice.open_minor:
        add_payment(
            page,
            letter.brand,
            label=invoice.label,
            amount_minor=invoice.open_minor,
            currency=invoice.currency,
            due_on=invoice.due_on,
            pay_url=pay_url,
        )
    elif invoice.total_minor:
        page["notes"].append(_("Nothing is left to pay."))
    return page


def _title(is_invoice: bool, is_advance: bool) -> str:
    if is_advance:
        return _("Advance payment invoice")
    return _("Invoice") if is_invoice else _("Pro forma invoice")


def make_credit_note_page(note: CreditNote) -> Page:
    """A credit note; its amounts are positive and lower the debt."""
    letter = Letter(
        kind=DocumentKind.CREDIT_NOTE,
        seller=note.seller_snapshot.data,
        account=note.account_snapshot.data,
        brand=brand_of(note.seller),
        title=_("Credit note"),
        number=note.label,
        day=note.issued_on,
    )
    facts = [
        (_("Date"), format_day(note.issued_on)),
        (_("Corrects invoice"), note.invoice.label if note.invoice else ""),
    ]
    page = make_letter(letter, facts, intro=note.reason)
    _add_document(page, note, list(note.lines.all()))
    settled: dict[str, int] = {}
    for one in note.allocations.all():
        settled[one.invoice.label] = settled.get(one.invoice.label, 0) + one.amount_minor
    for label, minor in settled.items():
        if minor:
            given = {"amount": format_money(minor, note.currency), "invoice": label}
            page["notes"].append(_("%(amount)s lowers invoice %(invoice)s.") % given)
    if minor := sum_credited(note):
        given = {"amount": format_money(minor, note.currency)}
        page["notes"].append(_("%(amount)s is credit on your account.") % given)
    return page


def _add_document(
    page: Page, document: Invoice | CreditNote, lines: Sequence[InvoiceLine | CreditNoteLine]
) -> None:
    sums = Sums(document.currency, document.net_minor, document.tax_minor, document.total_minor)
    taxes = [
        Tax(
            one.code,
            one.name,
            one.percent,
            one.category,
            one.reason,
            one.base_minor,
            one.tax_minor,
        )
        for one in sorted(document.taxes.all(), key=lambda one: one.id)
    ]
    add_body(page, [_make_line(line, document.currency) for line in lines], taxes, sums)


def _make_line(line: InvoiceLine | CreditNoteLine, currency: str) -> Line:
    meter = line.item.price.meter if line.item else None
    facts = json.loads(line.explanation)
    price = unit_price_of(facts, line.unit_price)
    if price is not None and isinstance(line, CreditNoteLine):
        price = abs(price)
    return Line(
        title=line.description,
        details=explain_line(
            facts,
            currency,
            line.period_start,
            line.period_end,
            measured=meter.name if meter and line.kind in ("usage", "supplement") else "",
        ),
        net_minor=line.net_minor,
        base_minor=line.base_minor,
        tax_code=line.tax_code,
        quantity=line.quantity,
        unit_price=price,
    )


def _period_of(lines: Sequence[InvoiceLine]) -> str:
    """The days that all lines are for, where they agree."""
    periods = {
        (line.period_start, line.period_end)
        for line in lines
        if line.period_end > line.period_start
    }
    return format_days(*periods.pop()) if len(periods) == 1 else ""


def _add_advance(page: Page, invoice: Invoice) -> None:
    """It was paid before it was made, and what was paid became credit."""
    page["totals"] += [
        total(_("Paid"), -invoice.total_minor, invoice.currency),
        total(_("Left to pay"), invoice.open_minor, invoice.currency, strong=True),
    ]
    page["notes"].append(
        _(
            "What you paid is credit on your account. When it is used, a credit note takes this "
            "invoice back, and the invoice that it pays has the tax."
        )
    )


def _add_settlement(page: Page, invoice: Invoice) -> None:
    """What was paid or credited until the document was made, and what is left."""
    paid = credited = 0
    for one in invoice.allocations.all():
        if one.payment_id:
            paid += one.amount_minor
        else:
            credited += one.amount_minor
    rows = [(_("Paid"), paid), (_("Credit used"), credited)]
    rest = invoice.total_minor - paid - credited - invoice.open_minor
    rows.append((_("Written off"), rest))
    code = invoice.currency
    page["totals"] += [total(name, -minor, code) for name, minor in rows if minor]
    if paid or credited or rest:
        page["totals"].append(total(_("Left to pay"), invoice.open_minor, code, strong=True))
