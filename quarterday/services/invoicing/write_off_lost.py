"""Give up the part of a debt that had been paid, once that money is gone, too."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.ledger import write_off
from quarterday.core.lifecycle import move
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.settle_invoice import move_invoice
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Account, Allocation, Invoice


def write_off_lost(
    account: Account, reversal: Allocation, *, on: date, now: datetime, actor: str
) -> None:
    """Write off what is open of an invoice again that was written off before, and had its paid
    part taken back by ``reversal``.

    Whoever could not be made to pay the rest owes this part as well, so it is a loss at once; the
    entry is that of the reversal. For services that hold the transaction and the account.
    """
    invoice = Invoice.objects.get(id=reversal.invoice_id)
    amount, state = invoice.open_minor, move("invoice", invoice.status, "write_off")
    move_invoice(invoice, 0, state)
    entry = write_off(
        on=on,
        reference=invoice.label,
        account=account.id,
        currency=invoice.currency,
        amount_minor=amount,
        memo="its payment was taken back",
    )
    post_entry(entry, seller_id=account.seller_id, source=reversal.public_id)
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
            "reason": "its payment was taken back",
        },
    )
