"""One invoice of an account with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import (
    Account,
    Allocation,
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
from quarterday.store.queries.paying import list_live_attempts

_HISTORY = ("invoice.voided", "invoice.written_off", "allocation.reversed")
# Nobody pays more invoices at once.
_MOST = 500


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


def find_invoices(account: Account, public_ids: Sequence[str]) -> list[Invoice]:
    """Those of the invoices named that are the account's, whatever their state; first due first."""
    rows = Invoice.objects.filter(account=account, public_id__in=public_ids[:_MOST])
    return list(rows.exclude(status=InvoiceState.DRAFT).order_by("due_on", "id"))


def list_open(account: Account) -> list[Invoice]:
    """The invoices that are open, the first due first."""
    rows = Invoice.objects.filter(account=account, status=InvoiceState.OPEN)
    return list(rows.order_by("due_on", "id")[:_MOST])


def read_sheet(account: Account, public_id: str) -> InvoiceSheet | None:
    """An invoice with its lines, taxes, what settled it and what happened to it."""
    rows = Invoice.objects.filter(account=account, public_id=public_id)
    rows = rows.select_related("account", "seller", "account_snapshot", "seller_snapshot")
    invoice = rows.exclude(status=InvoiceState.DRAFT).first()
    if invoice is None:
        return None
    data = describe_document(invoice)
    add_terms(data, invoice)
    settled = invoice.allocations.select_related(
        "invoice", "payment", "grant", "credit_note"
    ).order_by("id")
    events = Event.objects.filter(account_id=account.id, subject=public_id, kind__in=_HISTORY)
    return InvoiceSheet(
        invoice=invoice,
        lines=list(invoice.lines.select_related("product").order_by("position")),
        taxes=list(invoice.taxes.order_by("id")),
        settled=list(settled),
        credit_notes=list(invoice.credit_notes.order_by("id")),
        steps=list(invoice.dunning_steps.order_by("id")),
        events=list(events.order_by("id")),
        underway=[one for one in list_live_attempts(account) if public_id in one.invoices],
        explained={line["position"]: line for line in data["lines"]},
    )
