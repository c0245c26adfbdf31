"""Give up the part of a debt that had been paid, once that money is gone, too."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.invoicing.book_loss import book_loss
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
    book_loss(
        account,
        invoice,
        source=reversal.public_id,
        reason="its payment was taken back",
        on=on,
        now=now,
        actor=actor,
    )
