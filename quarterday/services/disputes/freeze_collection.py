"""Stop and resume the automatic collection of invoices that a dispute is about."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.lifecycle import InvoiceState
from quarterday.services.collection.resume_collection import resume_collection
from quarterday.services.payments.hold_invoices import DISPUTED, hold_invoices
from quarterday.store.models import (
    Account,
    Collection,
    CollectionStatus,
    Dispute,
    DisputeStatus,
    Invoice,
    PaymentAttempt,
)


def freeze_collection(account: Account, dispute: Dispute) -> None:
    """Collect none of the dispute's invoices while it is open.

    For services that hold the transaction and the account, as all of these.
    """
    hold_invoices(account, _read_invoices(account, dispute), DISPUTED)


def keep_frozen(account: Account, dispute: Dispute, reason: str) -> None:
    """Leave it stopped, for a reason that people read."""
    for invoice, row in _list_frozen(account, dispute):
        if not _end(invoice, row):
            Collection.objects.filter(id=row.id).update(reason=reason[:200])


def unfreeze_collection(
    account: Account,
    dispute: Dispute,
    *,
    today: date,
    now: datetime,
    code: str = "",
    actor: str = "system",
) -> None:
    """Collect again what is open: anew, or with ``code`` as after a charge declined for that."""
    attempt = PaymentAttempt.objects.filter(payment=dispute.payment).first()
    for invoice, row in _list_frozen(account, dispute):
        if not _end(invoice, row):
            resume_collection(
                invoice=invoice, today=today, now=now, code=code, attempt=attempt, actor=actor
            )


def _end(invoice: Invoice, row: Collection) -> bool:
    if invoice.status == InvoiceState.OPEN:
        return False
    Collection.objects.filter(id=row.id).update(
        status=CollectionStatus.DONE, next_on=None, reason=""
    )
    return True


def _list_frozen(account: Account, dispute: Dispute) -> list[tuple[Invoice, Collection]]:
    """What was stopped for a dispute, and is not kept so by another one."""
    others = Dispute.objects.filter(account=account, status=DisputeStatus.OPENED)
    held = {name for one in others.exclude(id=dispute.id) for name in one.invoices}
    invoices = {one.id: one for one in _read_invoices(account, dispute)}
    rows = Collection.objects.filter(
        invoice__in=list(invoices), status=CollectionStatus.STOPPED, reason=DISPUTED
    )
    found = [(invoices[row.invoice_id], row) for row in rows.order_by("id")]
    return [pair for pair in found if pair[0].public_id not in held]


def _read_invoices(account: Account, dispute: Dispute) -> list[Invoice]:
    rows = Invoice.objects.filter(account=account, public_id__in=dispute.invoices)
    return list(rows.order_by("due_on", "id"))
