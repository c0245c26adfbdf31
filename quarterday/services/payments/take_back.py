"""Undo an allocation; what it settled with becomes credit."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.core.ledger import apply_credit as post_use
from quarterday.core.ledger import reverse
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.credit.move_grant import move_grant
from quarterday.services.credit.open_grant import open_grant
from quarterday.services.dunning.restart_dunning import restart_dunning
from quarterday.services.invoicing.settle_invoice import move_invoice, reopen_invoice
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Account, Allocation, CreditKind, Invoice


def take_back(
    account: Account,
    allocation: Allocation,
    *,
    on: date,
    now: datetime,
    actor: str,
    is_lost: bool = False,
) -> Allocation:
    """Write the allocation that reverses another, and make the invoice owed again.

    Money of a payment or of a credit note becomes new credit, and credit goes back to its grant,
    so that nothing is ever nowhere. An invoice that was written off is open then, until
    `write_off_lost`. For services that hold the transaction and the account.
    """
    # Read anew: another allocation of the same invoice may have been taken back just now.
    invoice = Invoice.objects.get(id=allocation.invoice_id)
    amount = allocation.amount_minor
    if amount < 0 or Allocation.objects.filter(reverses=allocation).exists():
        raise BillingError(f"allocation {allocation.public_id} is reversed already")
    if is_lost:
        move_invoice(invoice, invoice.open_minor + amount, InvoiceState.OPEN)
    else:
        reopen_invoice(invoice, amount)
        restart_dunning(invoice, now=now)
    reversal = Allocation.objects.create(
        invoice=invoice,
        payment_id=allocation.payment_id,
        grant_id=allocation.grant_id,
        credit_note_id=allocation.credit_note_id,
        on=on,
        amount_minor=-amount,
        reverses=allocation,
    )
    if allocation.grant:
        move_grant(allocation.grant, amount)
        used = post_use(
            on=on,
            reference=invoice.label,
            account=account.id,
            currency=invoice.currency,
            amount_minor=amount,
        )
        entry = reverse(used, on=on, reference=invoice.label)
        post_entry(entry, seller_id=account.seller_id, source=reversal.public_id)
    else:
        payment = allocation.payment
        open_grant(
            account,
            CreditKind.OVERPAYMENT if payment else CreditKind.CREDIT_NOTE,
            amount,
            on=on,
            now=now,
            reason=f"taken back from {invoice.label}",
            payment=payment,
            actor=actor,
        )
    return reversal
