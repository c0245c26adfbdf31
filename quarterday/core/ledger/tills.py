"""Entries of cash in the tills of cashiers.

A payment in cash is posted as any other, to the clearing account of cash; from there it goes into
the till of whoever took it, and back again when it is brought to the bank.
"""

from __future__ import annotations

from datetime import date

from quarterday.core.ledger.bank import OTHER_BOOKS
from quarterday.core.ledger.entry import JournalEntry, move
from quarterday.core.ledger.payments import clearing

TILL_DIFFERENCES = "expenses:till-differences"
CASH = "cash"


def till_account(cashier: str) -> str:
    """The ledger account of the cash that a cashier holds.

    >>> till_account("anna")
    'assets:cash:anna'
    """
    return "assets:cash:" + cashier


def post_till(
    kind: str, *, on: date, reference: str, cashier: str, currency: str, amount_minor: int
) -> JournalEntry:
    """Cash that goes into a till, or out of it below 0; ``kind`` is what for.

    What counting found (``till_difference``) comes from nowhere, and is an expense or makes one
    smaller. Change that is put in (``till_float``), or taken out, comes from outside of this book,
    as a bank line of it does that is ignored. Raises `BillingError` for 0.

    >>> entry = post_till(
    ...     "till_cash",
    ...     on=date(2026, 1, 1),
    ...     reference="1",
    ...     cashier="anna",
    ...     currency="EUR",
    ...     amount_minor=500,
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:cash:anna', 500), ('assets:clearing:cash', -500)]
    """
    others = {"till_difference": TILL_DIFFERENCES, "till_float": OTHER_BOOKS}
    other = others.get(kind, clearing(CASH))
    till = till_account(cashier)
    debit, credit = (till, other) if amount_minor > 0 else (other, till)
    amount = abs(amount_minor)
    return move(kind, debit, credit, on, reference, None, currency, amount, "")
