"""Write a credit note against an invoice: document, book, and what becomes of its amount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from quarterday.core.ledger import post_credit_note
from quarterday.core.money import currency, from_minor
from quarterday.services.credit.open_grant import open_grant
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.credit_lines import LineCredit
from quarterday.services.invoicing.credit_taxes import TaxCredit
from quarterday.services.invoicing.return_gifts import return_gifts
from quarterday.services.invoicing.settle_invoice import settle_invoice
from quarterday.services.invoicing.take_number import take_number
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.fields import dump_data
from quarterday.store.models import (
    Account,
    CreditKind,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
)

_TAX = "code name percent category reason_code reason".split()


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What a credit note gives back, in minor units."""

    lines: Sequence[LineCredit]
    taxes: Sequence[TaxCredit]

    @property
    def net_minor(self) -> int:
        """The total without tax."""
        return sum(one.base_minor for one in self.lines)

    @property
    def tax_minor(self) -> int:
        """The tax of all rates."""
        return sum(tax.tax_minor for tax in self.taxes)

    @property
    def income(self) -> Mapping[str, int]:
        """What each income account gives back."""
        found: Counter[str] = Counter()
        for one in self.lines:
            found[one.line.income_code] += one.base_minor
        return found


def issue_credit_note(
    account: Account,
    invoice: Invoice,
    draft: NoteDraft,
    *,
    today: date,
    now: datetime,
    reason: str,
    actor: str,
    verb: str = "settle",
) -> CreditNote:
    """Issue a credit note; it settles what is open of the invoice, and the rest becomes credit.

    What gifts had settled returns to them.
    For services that hold the transaction and the account.
    """
    total = draft.net_minor + draft.tax_minor
    invoice = return_gifts(account, invoice, total, on=today, now=now, actor=actor)
    note = _write_note(account, invoice, draft, today, reason)
    taxes: Counter[str] = Counter()
    for tax in draft.taxes:
        taxes[tax.row.code] += tax.tax_minor
    entry = post_credit_note(
        on=today,
        reference=note.label,
        account=account.id,
        currency=note.currency,
        gross_minor=note.total_minor,
        nets=draft.income.items(),
        taxes=taxes.items(),
    )
    post_entry(entry, seller_id=account.seller_id, source=note.public_id)
    settled = min(note.total_minor, invoice.open_minor)
    if settled:
        settle_invoice(invoice, settled, on=today, now=now, credit_note=note, verb=verb)
    if note.total_minor > settled:
        kind, rest = CreditKind.CREDIT_NOTE, note.total_minor - settled
        open_grant(account, kind, rest, on=today, now=now, reason=note.label, actor=actor)
    record_event(
        kind="credit_note.issued",
        subject=note.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "label": note.label,
            "invoice": invoice.label,
            "total_minor": note.total_minor,
            "currency": note.currency,
            "reason": reason,
        },
    )
    queue_message(kind="credit_note", account=account, subject=note.public_id, now=now, on=today)
    return note


def _write_note(
    account: Account, invoice: Invoice, draft: NoteDraft, today: date, reason: str
) -> CreditNote:
    """The document with its lines and taxes."""
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
