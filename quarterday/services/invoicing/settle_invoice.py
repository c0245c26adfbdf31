"""Move what is open of an invoice, and keep by what; the callers post."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState, move
from quarterday.services.dunning.end_dunning import end_dunning
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.orders.activate_order import activate_paid
from quarterday.store.models import Allocation, CreditGrant, CreditNote, Invoice, Payment


def settle_invoice(
    invoice: Invoice,
    amount_minor: int,
    *,
    on: date,
    now: datetime,
    payment: Payment | None = None,
    grant: CreditGrant | None = None,
    credit_note: CreditNote | None = None,
    verb: str = "settle",
) -> Allocation:
    """Settle a part of an open invoice from exactly one source.

    ``verb`` is what happens to the invoice once nothing is open. Raises `BillingError` beyond
    what is open and for money or credit of another account, and `Conflict` when somebody else
    moved the invoice.
    """
    if invoice.status != InvoiceState.OPEN:
        raise BillingError(f"invoice {invoice.label} is {invoice.status}; only an open one settles")
    if not 0 < amount_minor <= invoice.open_minor:
        raise BillingError(
            f"invoice {invoice.label} has {invoice.open_minor} open; {amount_minor} is beyond it"
        )
    for source in (payment, grant, credit_note):
        if source is not None and source.account_id != invoice.account_id:
            raise BillingError(
                f"invoice {invoice.label} is of another account than what would settle it; use "
                "money and credit of its own account"
            )
    left = invoice.open_minor - amount_minor
    move_invoice(invoice, left, invoice.status if left else move("invoice", invoice.status, verb))
    if not left:
        end_dunning(invoice, now=now)
    allocation = Allocation.objects.create(
        invoice=invoice,
        payment=payment,
        grant=grant,
        credit_note=credit_note,
        on=on,
        amount_minor=amount_minor,
    )
    if invoice.status == InvoiceState.PAID:
        record_event(
            kind="invoice.paid",
            subject=invoice.public_id,
            seller_id=invoice.seller_id,
            account_id=invoice.account_id,
            now=now,
            data={"label": invoice.label},
        )
        if credit_note is None:
            activate_paid(invoice, now=now)
    return allocation


def reopen_invoice(invoice: Invoice, amount_minor: int) -> None:
    """Make an amount owed again. Raises `BillingError` where the invoice cannot be open."""
    state = invoice.status
    if state != InvoiceState.OPEN:
        state = move("invoice", state, "reopen")
    move_invoice(invoice, invoice.open_minor + amount_minor, state)


def move_invoice(invoice: Invoice, open_minor: int, status: str) -> None:
    """Set what is open and the status, if both are still as they were read."""
    rows = Invoice.objects.filter(
        id=invoice.id, open_minor=invoice.open_minor, status=invoice.status
    )
    if not rows.update(open_minor=open_minor, status=status):
        raise Conflict(f"invoice {invoice.label} was changed by somebody else; try again")
    invoice.open_minor, invoice.status = open_minor, status
