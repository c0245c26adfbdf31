"""Waive a fee: what a line charged is given back by a credit note."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.store.models import CreditNote, InvoiceLine
from quarterday.store.queries.fees import find_fees


def waive_fee(
    *, line: InvoiceLine, today: date, now: datetime, reason: str, actor: str = "system"
) -> CreditNote:
    """The credit note that waives a fee, such as for being late or for a way to pay.

    Only what was put on by itself is a fee; all else is credited. Waiving it again returns the
    credit note there is. Raises `BillingError` for a line that is no fee, or of an invoice that is
    void or written off.
    """
    if line.id not in find_fees(line.invoice):
        raise BillingError(
            f"line {line.position} of {line.invoice.label} is no fee that was put on by itself; "
            "issue a credit note for it instead"
        )
    with transaction.atomic():
        account, line = claim_row(line, "invoice__account")
        if known := _find(line):
            return known
        note = credit_invoice(
            invoice=line.invoice,
            today=today,
            now=now,
            reason=reason,
            lines={line.position: None},
            actor=actor,
        )
        record_event(
            kind="fee.waived",
            subject=line.invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={
                "label": line.invoice.label,
                "credit_note": note.label,
                "amount_minor": note.total_minor,
                "currency": note.currency,
                "reason": reason.strip(),
            },
        )
    return note


def _find(line: InvoiceLine) -> CreditNote | None:
    """The credit note that gave all of a line back."""
    given = list(line.credit_lines.select_related("credit_note").order_by("id"))
    if sum(one.net_minor for one in given) < line.net_minor:
        return None
    return given[-1].credit_note
