"""One invoice of an account with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import (
    Account,
    Allocation,
    AttemptStatus,
    CreditNote,
    DunningStep,
    Event,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    PaymentAttempt,
)
from quarterday.store.queries.documents import describe_document
from quarterday.store.queries.explain_terms import add_terms

_HISTORY = ("invoice.voided", "invoice.written_off", "allocation.reversed")
_UNDERWAY = (AttemptStatus.ACTION, AttemptStatus.PENDING, AttemptStatus.UNKNOWN)
_MANY = 50


@dataclass(slots=True)
class InvoiceSheet:
    """An invoice to read. ``explained`` is what `explain_line` takes, by the position of a line."""

    invoice: Invoice
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    settled: list[Allocation]
    credit_notes: list[CreditNote]
    steps: list[DunningStep]
    events: list[Event]
    underway: list[PaymentAttempt]
    explained: dict[int, dict[str, Any]]

    @property
    def settled_minor(self) -> int:
        """What payments, credit and credit notes have settled of it."""
        return sum(one.amount_minor for one in self.settled)


def find_own_invoice(account: Account, public_id: str) -> Invoice | None:
    """An invoice by its public id; None when the account has no such invoice."""
    rows = Invoice.objects.filter(account=account, public_id=public_id)
    return rows.exclude(status=InvoiceState.DRAFT).first()


def find_open_invoices(account: Account, public_ids: list[str]) -> list[Invoice]:
    """Those of the invoices named that are the account's and open, the first due first."""
    rows = Invoice.objects.filter(account=account, public_id__in=public_ids[:500])
    return list(rows.filter(status=InvoiceState.OPEN).order_by("due_on", "id"))


def find_own_credit_note(account: Account, public_id: str) -> CreditNote | None:
    """A credit note by its public id; None when the account has no such one."""
    return CreditNote.objects.filter(account=account, public_id=public_id).first()


def read_sheet(account: Account, public_id: str) -> InvoiceSheet | None:
    """An invoice with its lines, taxes, what settled it and what happened to it."""
    rows = Invoice.objects.filter(account=account, public_id=public_id)
    rows = rows.select_related("account", "seller", "account_snapshot", "seller_snapshot")
    invoice = rows.exclude(status=InvoiceState.DRAFT).first()
    if invoice is None:
        return None
    data = describe_document(invoice)
    add_terms(data, invoice)
    settled = invoice.allocations.select_related("payment", "grant", "credit_note").order_by("id")
    # Attempts that wait are few, and which invoices they are for is not a column.
    attempts = PaymentAttempt.objects.filter(account=account, status__in=_UNDERWAY)
    events = Event.objects.filter(account_id=account.id, subject=public_id, kind__in=_HISTORY)
    return InvoiceSheet(
        invoice=invoice,
        lines=list(invoice.lines.select_related("product").order_by("position")),
        taxes=list(invoice.taxes.order_by("id")),
        settled=list(settled),
        credit_notes=list(invoice.credit_notes.order_by("id")),
        steps=list(invoice.dunning_steps.order_by("id")),
        events=list(events.order_by("id")),
        underway=[one for one in attempts.order_by("-id")[:_MANY] if public_id in one.invoices],
        explained={line["position"]: line for line in data["lines"]},
    )
