"""Stop and resume the automatic collection of invoices that a dispute is about."""

from __future__ import annotations

from datetime import date

from quarterday.core.lifecycle import InvoiceState
from quarterday.services.payments.hold_invoices import hold_invoices
from quarterday.store.models import (
    Account,
    Collection,
    CollectionStatus,
    Dispute,
    DisputeStatus,
    Invoice,
)

_REASON = "dispute"


def freeze_collection(account: Account, dispute: Dispute) -> None:
    """Collect none of the dispute's invoices while it is open.

    For services that hold the transaction and the account.
    """
    hold_invoices(account, _read_invoices(account, dispute), _REASON)


def resume_collection(
    account: Account, dispute: Dispute, *, on: date | None, reason: str = ""
) -> None:
    """Collect what is still open from a day on; without a day it stays stopped, for a reason.

    What people had stopped, or another dispute keeps, stays as it is.
    """
    others = Dispute.objects.filter(account=account, status=DisputeStatus.OPENED)
    held = {name for one in others.exclude(id=dispute.id) for name in one.invoices}
    for invoice in _read_invoices(account, dispute):
        rows = Collection.objects.filter(
            invoice=invoice, status=CollectionStatus.STOPPED, reason=_REASON
        )
        if invoice.public_id in held:
            continue
        if invoice.status != InvoiceState.OPEN:
            rows.update(status=CollectionStatus.DONE, next_on=None, reason="")
        elif on is None:
            rows.update(reason=reason[:200])
        else:
            rows.update(status=CollectionStatus.WAITING, next_on=on, reason="")


def _read_invoices(account: Account, dispute: Dispute) -> list[Invoice]:
    rows = Invoice.objects.filter(account=account, public_id__in=dispute.invoices)
    return list(rows.order_by("due_on", "id"))
