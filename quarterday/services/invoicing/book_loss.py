"""Book what is open of an invoice as a loss."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.ledger import write_off
from quarterday.core.lifecycle import move
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.settle_invoice import move_invoice
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Account, Invoice


def book_loss(
    account: Account,
    invoice: Invoice,
    *,
    source: str,
    reason: str,
    on: date,
    now: datetime,
    actor: str,
) -> None:
    """Write an open invoice off. ``source`` is the public id of what the entry comes from.

    For services that hold the transaction and the account. Raises `IllegalMove` unless the invoice
    is open.
    """
    amount, state = invoice.open_minor, move("invoice", invoice.status, "write_off")
    move_invoice(invoice, 0, state)
    entry = write_off(
        on=on,
        reference=invoice.label,
        account=account.id,
        currency=invoice.currency,
        amount_minor=amount,
        memo=reason[:200],
    )
    post_entry(entry, seller_id=account.seller_id, source=source)
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
