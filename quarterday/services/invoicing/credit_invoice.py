"""Credit an invoice, wholly or in part; the invoice itself never changes (rule 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.credit_lines import LineCredit, choose_lines
from quarterday.services.invoicing.credit_taxes import TaxCredit, credit_taxes
from quarterday.services.invoicing.issue_credit_note import NoteDraft, issue_credit_note
from quarterday.store.models import CreditNote, CreditNoteTax, Invoice

_ROW = "code percent category reason_code reason".split()


def credit_invoice(
    *,
    invoice: Invoice,
    today: date,
    now: datetime,
    reason: str,
    lines: Mapping[int, int | None] | None = None,
    actor: str = "system",
) -> CreditNote:
    """Issue a credit note for an open or paid invoice.

    Without ``lines`` it gives back all that is left. ``lines`` are amounts in minor units by the
    position of the line, in the line's own terms (with tax inside where its price has it), None
    for all that is left of the line. The amount settles what is open of the invoice; the rest
    becomes credit. Days stay billed: crediting them does not bill them again. Raises
    `BillingError` for more than is left.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        if invoice.status not in (InvoiceState.OPEN, InvoiceState.PAID):
            raise BillingError(
                f"invoice {invoice.label} is {invoice.status}; only an open or paid one is credited"
            )
        draft = draft_note(invoice, choose_lines(invoice, lines))
        if draft.net_minor + draft.tax_minor <= 0:
            raise BillingError(
                f"lines: nothing is left to credit on invoice {invoice.label}, or what is chosen "
                "would raise the debt"
            )
        return issue_credit_note(
            account, invoice, draft, today=today, now=now, reason=reason, actor=actor
        )


def draft_note(invoice: Invoice, chosen: Sequence[LineCredit]) -> NoteDraft:
    """What to give back. The note that credits the last of an invoice takes all the tax that is
    left of it, so that nothing remains.
    """
    taxes = list(invoice.taxes.order_by("id"))
    if all(one.before_minor + one.amount_minor == one.line.net_minor for one in chosen):
        credited = _credited_taxes(invoice)
        left = [
            TaxCredit(row, row.base_minor - base, row.tax_minor - tax)
            for row in taxes
            for base, tax in [credited.get(_key(row), (0, 0))]
        ]
        return NoteDraft(chosen, left)
    return NoteDraft(chosen, credit_taxes(invoice, chosen, taxes))


def _credited_taxes(invoice: Invoice) -> dict[tuple[object, ...], tuple[int, int]]:
    """Base and tax that earlier notes gave back, by what names a tax row."""
    found: dict[tuple[object, ...], tuple[int, int]] = {}
    for row in CreditNoteTax.objects.filter(credit_note__invoice=invoice):
        base, tax = found.get(_key(row), (0, 0))
        found[_key(row)] = base + row.base_minor, tax + row.tax_minor
    return found


def _key(row: object) -> tuple[object, ...]:
    return tuple(getattr(row, field) for field in _ROW)
