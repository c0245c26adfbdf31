"""How much there is of everything that is proved."""

from __future__ import annotations

from quarterday.store.models import (
    Account,
    CreditNote,
    Invoice,
    InvoiceLine,
    JournalEntry,
    Payment,
    Posting,
)

_COUNTED = {
    "accounts": Account,
    "invoices": Invoice,
    "invoice_lines": InvoiceLine,
    "credit_notes": CreditNote,
    "payments": Payment,
    "journal_entries": JournalEntry,
    "postings": Posting,
}


def count_books() -> dict[str, int]:
    """Rows of each kind, by name."""
    return {name: model._default_manager.count() for name, model in _COUNTED.items()}
