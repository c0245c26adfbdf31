"""Give up a debt that will not be collected."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.dunning.end_dunning import end_dunning
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.book_loss import book_loss
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
        book_loss(
            account,
            invoice,
            source=invoice.public_id,
            reason=reason,
            on=today,
            now=now,
            actor=actor,
        )
        end_dunning(invoice, now=now, actor=actor)
    return invoice
