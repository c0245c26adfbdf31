"""Credit an invoice, wholly or in part; the invoice itself never changes (rule 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.credit_lines import choose_lines
from quarterday.services.invoicing.draft_note import draft_note
from quarterday.services.invoicing.issue_credit_note import issue_credit_note
from quarterday.store.models import CreditNote, DocumentSeries, Invoice


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
        if invoice.series == DocumentSeries.ADVANCE:
            raise BillingError(
                f"invoice {invoice.label} is of credit paid in advance, whose tax goes back as the "
                "credit is used; deduct or refund the credit instead"
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
