"""Proof that the book balances: every entry, and every currency of a seller, sums to zero."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_ENTRIES = """
SELECT s.code, e.kind, e.reference, off.currency, off.total
FROM (SELECT entry_id, currency, SUM(amount_minor) AS total FROM store_posting
      GROUP BY entry_id, currency HAVING SUM(amount_minor) <> 0) off
JOIN store_journalentry e ON e.id = off.entry_id
JOIN store_seller s ON s.id = e.seller_id
ORDER BY e.id
"""
_CURRENCIES = """
SELECT s.code, p.currency, SUM(p.amount_minor)
FROM store_posting p
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
JOIN store_seller s ON s.id = l.seller_id
GROUP BY s.code, p.currency HAVING SUM(p.amount_minor) <> 0
ORDER BY s.code, p.currency
"""
_EMPTY = """
SELECT s.code, e.kind, e.reference
FROM store_journalentry e JOIN store_seller s ON s.id = e.seller_id
WHERE NOT EXISTS (SELECT 1 FROM store_posting p WHERE p.entry_id = e.id)
ORDER BY e.id
"""
_FOREIGN = """
SELECT s.code, e.kind, e.reference, l.code
FROM store_posting p
JOIN store_journalentry e ON e.id = p.entry_id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
JOIN store_seller s ON s.id = e.seller_id
WHERE l.seller_id <> e.seller_id
ORDER BY e.id
"""


def check_entries() -> Iterator[Offence]:
    """Entries that do not balance, that hold nothing, or that reach into another seller's book."""
    for seller, kind, reference, currency, total in stream(_ENTRIES):
        text = f"the {kind} entry of {seller} is off by {amount(total, currency)}; it must be zero"
        yield Offence("entry-balance", reference, text)
    for seller, kind, reference in stream(_EMPTY):
        yield Offence("entry-empty", reference, f"the {kind} entry of {seller} has no postings")
    for seller, kind, reference, ledger_account in stream(_FOREIGN):
        text = f"the {kind} entry of {seller} posts to {ledger_account} of another seller"
        yield Offence("entry-seller", reference, text)


def check_currencies() -> Iterator[Offence]:
    """Currencies whose postings in a seller's book do not sum to zero."""
    for seller, currency, total in stream(_CURRENCIES):
        text = f"all postings in {currency} sum to {amount(total, currency)}; it must be zero"
        yield Offence("currency-balance", seller, text)
