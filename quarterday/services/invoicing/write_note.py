"""Write the document of a credit note: its number, its lines and its taxes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from quarterday.core.money import currency, from_minor
from quarterday.services.invoicing.credit_lines import LineCredit
from quarterday.services.invoicing.draft_note import NoteDraft
from quarterday.services.invoicing.take_number import take_number
from quarterday.store.fields import dump_data
from quarterday.store.models import Account, CreditNote, CreditNoteLine, CreditNoteTax, Invoice

_TAX = "code name percent category reason_code reason".split()


def write_note(
    account: Account, invoice: Invoice, draft: NoteDraft, today: date, reason: str
) -> CreditNote:
    """The document of a draft, against an invoice; the caller posts it."""
    number = take_number(account.seller_id, "credit_note")
    note = CreditNote.objects.create(
        seller_id=account.seller_id,
        account=account,
        invoice=invoice,
        series="credit_note",
        number=number.number,
        label=number.label,
        currency=invoice.currency,
        issued_on=today,
        seller_snapshot_id=account.seller.snapshot_id or invoice.seller_snapshot_id,
        account_snapshot_id=account.snapshot_id or invoice.account_snapshot_id,
        net_minor=draft.net_minor,
        tax_minor=draft.tax_minor,
        total_minor=draft.net_minor + draft.tax_minor,
        reason=reason,
    )
    credited = [one for one in draft.lines if one.amount_minor]
    CreditNoteLine.objects.bulk_create(
        _make_line(note, invoice, position, one) for position, one in enumerate(credited, 1)
    )
    CreditNoteTax.objects.bulk_create(
        CreditNoteTax(
            credit_note=note,
            base_minor=tax.base_minor,
            tax_minor=tax.tax_minor,
            **{field: getattr(tax.row, field) for field in _TAX},
        )
        for tax in draft.taxes
        if tax.base_minor or tax.tax_minor
    )
    return note


def _make_line(
    note: CreditNote, invoice: Invoice, position: int, one: LineCredit
) -> CreditNoteLine:
    """A credited line: as it was charged when all of it is, else as one lump."""
    line, amount = one.line, one.amount_minor
    is_whole = amount == line.net_minor
    return CreditNoteLine(
        credit_note=note,
        position=position,
        invoice_line=line,
        item_id=line.item_id,
        product_id=line.product_id,
        kind=line.kind,
        description=line.description,
        period_start=line.period_start,
        period_end=line.period_end,
        quantity=line.quantity if is_whole else Decimal(1),
        unit_code=line.unit_code if is_whole else "C62",
        unit_price=line.unit_price if is_whole else from_minor(amount, currency(note.currency)),
        net_minor=amount,
        base_minor=one.base_minor,
        tax_code=line.tax_code,
        income_code=line.income_code,
        explanation=dump_data(
            {
                "rule": "9",
                "invoice": invoice.label,
                "line": line.position,
                "charged_minor": line.net_minor,
                "credited_before_minor": one.before_minor,
                "amount_minor": amount,
            }
        ),
    )
