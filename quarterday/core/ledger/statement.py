"""Entries of bank statements as they are read, before anybody understands a line of them."""

from __future__ import annotations

from datetime import date

from quarterday.core.errors import BillingError
from quarterday.core.ledger.bank import SUSPENSE
from quarterday.core.ledger.entry import JournalEntry, Posting

OPENING_BALANCE = "equity:opening-balance"


def bank(code: str) -> str:
    """The ledger account of a bank account.

    >>> bank("main")
    'assets:bank:main'
    """
    return "assets:bank:" + code


def post_bank_line(
    *, on: date, reference: str, code: str, currency: str, amount_minor: int, memo: str = ""
) -> JournalEntry:
    """A line of a statement: what came in is positive. It waits in suspense for its meaning.

    Raises `BillingError` for nothing.

    >>> entry = post_bank_line(
    ...     on=date(2026, 1, 1), reference="L1", code="main", currency="EUR", amount_minor=-500
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:bank:main', -500), ('assets:suspense', 500)]
    """
    if not amount_minor:
        raise BillingError(f"bank line {reference}: the amount is zero; nothing moved")
    postings = (
        Posting(bank(code), amount_minor, currency),
        Posting(SUSPENSE, -amount_minor, currency),
    )
    return JournalEntry("bank_line", on, reference, memo, postings)


def post_bank_opening(
    *, on: date, reference: str, code: str, currency: str, amount_minor: int, memo: str = ""
) -> JournalEntry:
    """What stood on a bank account before the first line that is known; of nothing, no postings.

    >>> entry = post_bank_opening(
    ...     on=date(2026, 1, 1), reference="S1", code="main", currency="EUR", amount_minor=700
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:bank:main', 700), ('equity:opening-balance', -700)]
    """
    postings = (
        Posting(bank(code), amount_minor, currency),
        Posting(OPENING_BALANCE, -amount_minor, currency),
    )
    return JournalEntry("bank_opening", on, reference, memo, postings if amount_minor else ())
