"""Give up a debt that will not be collected."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.ledger import write_off
from quarterday.core.lifecycle import move
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.dunning.end_dunning import end_dunning
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.settle_invoice import move_invoice
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Invoice


def write_off_invoice(
    *, invoice: Invoice, today: date, now: datetime, reason: str, actor: str = "system"
) -> Invoice:
    """Write off what is open of an invoice; it is a loss, and nobody is reminded of it again.

    The book says how much it was (the entry of kind ``write_off``). Raises `IllegalMove` unless
    the invoice is open.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        state, amount = move("invoice", invoice.status, "write_off"), invoice.open_minor
        move_invoice(invoice, 0, state)
        end_dunning(invoice, now=now, actor=actor)
        entry = write_off(
            on=today,
            reference=invoice.label,
            account=account.id,
            currency=invoice.currency,
            amount_minor=amount,
            memo=reason[:200],
        )
        post_entry(entry, seller_id=account.seller_id, source=invoice.public_id)
        record_event(
            kind="invoice.written_off",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={
                "label": invoice.label,
                "amount_minor": amount,
                "currency": invoice.currency,
                "reason": reason,
            },
        )
    return invoice
