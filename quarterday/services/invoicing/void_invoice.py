"""Void an invoice that should not have been issued, while nothing of it is paid."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove, InvoiceState, move
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.credit_lines import choose_lines, find_unused
from quarterday.services.invoicing.draft_note import draft_note
from quarterday.services.invoicing.issue_credit_note import issue_credit_note
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import ChargeStatus, CreditNote, Invoice


def void_invoice(
    *, invoice: Invoice, today: date, now: datetime, reason: str, actor: str = "system"
) -> CreditNote:
    """Credit all of an open invoice and make it void; the credit note.

    Credits for unused time of its lines that wait for an invoice are dropped, since their days
    cost nothing now. The days stay billed; bill them again by a new item or a one-off charge.
    Raises `IllegalMove` unless the invoice is open, and `BillingError` when a part of it was
    settled or credited.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        if invoice.status == InvoiceState.PAID:
            raise IllegalMove("a paid invoice cannot void; credit it instead")
        move("invoice", invoice.status, "void")
        if invoice.open_minor != invoice.total_minor:
            raise BillingError(
                f"invoice {invoice.label} was settled or credited in part; reverse its "
                "allocations first, or credit the rest of it"
            )
        _drop_unused(invoice)
        draft = draft_note(invoice, choose_lines(invoice, None))
        note = issue_credit_note(
            account,
            invoice,
            draft,
            today=today,
            now=now,
            reason=reason,
            actor=actor,
            verb="void",
        )
        record_event(
            kind="invoice.voided",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": invoice.label, "credit_note": note.label, "reason": reason},
        )
        set_due(account.id)
    return note


def _drop_unused(invoice: Invoice) -> None:
    """Drop credits for unused time of the invoice's lines; raises where one was billed."""
    keys = list(invoice.lines.values_list("id", flat=True))
    for charge in find_unused(invoice.account_id, keys):
        if charge.status == ChargeStatus.BILLED:
            raise BillingError(
                f"unused time of invoice {invoice.label} was credited before "
                f"({charge.description}); credit the rest of the invoice instead"
            )
        rows = type(charge).objects.filter(id=charge.id, status=ChargeStatus.PENDING)
        if not rows.update(status=ChargeStatus.VOID):
            raise Conflict(f"charge {charge.public_id} was billed by somebody else; try again")
