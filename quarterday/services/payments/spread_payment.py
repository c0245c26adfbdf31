"""Put a payment's money where it belongs: on invoices, and what is left into credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from quarterday.core.allocation import OpenDocument
from quarterday.core.allocation import allocate_payment as allocate
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.credit.issue_advance import tax_deposit
from quarterday.services.credit.open_grant import open_grant
from quarterday.services.errors import Conflict
from quarterday.services.invoicing.settle_invoice import settle_invoice
from quarterday.store.models import (
    Account,
    CreditKind,
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentKind,
)


def spread_payment(
    account: Account,
    payment: Payment,
    invoices: Sequence[Invoice] | None,
    *,
    on: date,
    now: datetime,
    actor: str,
) -> None:
    """Settle the named invoices in their order, or all open ones, the oldest due first.

    What is left overpays, and becomes credit. For services that hold the transaction and the
    account, and that posted the whole amount of the payment.
    """
    documents = find_open(account, invoices)
    settled, rest = allocate(payment.open_minor, to_documents(documents, invoices is not None))
    for part in settled:
        settle_invoice(documents[int(part.key)], part.amount_minor, on=on, now=now, payment=payment)
    if rest:
        grant = open_grant(
            account,
            CreditKind.OVERPAYMENT,
            rest,
            on=on,
            now=now,
            reason=payment.external_id or payment.public_id,
            payment=payment,
            actor=actor,
        )
        if _is_paid_in(payment):
            tax_deposit(account, grant, on=on, now=now)
    taken = Payment.objects.filter(id=payment.id, open_minor=payment.open_minor)
    if not taken.update(open_minor=0):
        raise Conflict(f"payment {payment.public_id} was allocated by somebody else; try again")
    payment.open_minor = 0


def _is_paid_in(payment: Payment) -> bool:
    """Whether credit was bought; what is beyond invoices only overpays them."""
    if payment.kind != PaymentKind.RECEIVED or payment.external_id is None:
        return False
    rows = PaymentAttempt.objects.filter(account=payment.account_id, public_id=payment.external_id)
    attempt = rows.first()
    return attempt is not None and not attempt.invoices


def find_open(account: Account, named: Sequence[Invoice] | None) -> dict[int, Invoice]:
    """The invoices to settle as they are now, by key: the named ones, or all that are open.

    Raises `BillingError` for one that is not open or not the account's.
    """
    rows = Invoice.objects.filter(account=account).order_by("due_on", "issued_on", "id")
    if named is None:
        return {row.id: row for row in rows.filter(status=InvoiceState.OPEN)}
    found = rows.in_bulk([one.id for one in named])
    for one in named:
        if one.id not in found:
            raise BillingError(f"invoice {one.label} is not of account {account}")
        if found[one.id].status != InvoiceState.OPEN:
            raise BillingError(
                f"invoice {one.label} is {found[one.id].status}; name open invoices, or none to "
                "settle the oldest"
            )
    return {one.id: found[one.id] for one in named}


def to_documents(invoices: dict[int, Invoice], in_order: bool) -> list[OpenDocument]:
    """Invoices as the core allocates to them; ``in_order`` keeps the order that they stand in."""
    if in_order:
        first = date.min.toordinal()
        return [
            OpenDocument(row.id, date.fromordinal(first + place), row.open_minor)
            for place, row in enumerate(invoices.values())
        ]
    return [
        OpenDocument(row.id, row.due_on, row.open_minor, row.issued_on) for row in invoices.values()
    ]
