"""How a document came to be: every line, tax and total, as data (rule 14)."""

from __future__ import annotations

from quarterday.core.money import currency, format_minor
from quarterday.store.models import CreditNote, Invoice, Posting
from quarterday.store.queries.documents import Record, describe_document
from quarterday.store.queries.explain_terms import add_terms, list_grants
from quarterday.store.queries.explain_text import render_explanation
from quarterday.store.queries.references import find_credit_note, find_invoice

__all__ = ["explain_credit_note", "explain_invoice", "render_explanation"]


def explain_invoice(name: str, seller: str | None = None) -> Record:
    """What there is to know of an invoice, by its label or public id, as plain data.

    ``seller`` is the code of the seller, where several use the same labels. To the document it
    adds what the book says of it, and the credit notes against it. Raises `BillingError` for one
    that there is not, or that could be several.
    """
    invoice = find_invoice(name, seller)
    notes = [
        {
            "label": note.label,
            "issued_on": note.issued_on.isoformat(),
            "total": format_minor(note.total_minor, currency(note.currency)),
            "reason": note.reason,
        }
        for note in invoice.credit_notes.order_by("id")
    ]
    return _explain(invoice) | {"credit_notes": notes}


def explain_credit_note(name: str, seller: str | None = None) -> Record:
    """The same for a credit note, which `render_explanation` renders as well."""
    note = find_credit_note(name, seller)
    return _explain(note) | {"grants": list_grants(note)}


def _explain(document: Invoice | CreditNote) -> Record:
    data = describe_document(document)
    add_terms(data, document)
    postings = _postings(document.public_id)
    return data | {"credit_notes": [], "grants": [], "postings": postings}


def _postings(public_id: str) -> list[Record]:
    """The entries of the document itself; those of payments name the payments."""
    rows = Posting.objects.filter(entry__source=public_id).order_by("entry_id", "id")
    return [
        {
            "on": posting.entry.on.isoformat(),
            "entry": posting.entry.kind,
            "ledger_account": posting.ledger_account.code,
            "amount": format_minor(posting.amount_minor, currency(posting.currency)),
        }
        for posting in rows.select_related("entry", "ledger_account")
    ]
