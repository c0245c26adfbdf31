"""Which credit was paid for, and what the book calls each kind."""

from __future__ import annotations

from quarterday.core.ledger import CreditKind as LedgerKind
from quarterday.store.models import CreditKind

# Only what was paid for may go back as money.
PAID = (CreditKind.DEPOSIT, CreditKind.OVERPAYMENT, CreditKind.CREDIT_NOTE)
GIFTS = (CreditKind.PROMOTIONAL, CreditKind.GOODWILL)

# Gifts go before what was paid for.
PRIORITY, GIFT_PRIORITY = 100, 50


def default_priority(kind: str) -> int:
    """When credit of a kind is used, where nobody says: low numbers go first."""
    return GIFT_PRIORITY if kind in GIFTS else PRIORITY


def ledger_kind(kind: str) -> LedgerKind:
    """The book's kind of a grant: a gift costs the seller, all else is the customer's money."""
    return LedgerKind(kind) if kind in GIFTS else LedgerKind.DEPOSIT
