"""Proof that bank lines are used for what they are, once, and that the book says the same."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_LINES = """
SELECT * FROM (
  SELECT b.public_id, b.currency, b.amount_minor, b.open_minor, b.status,
         COALESCE(SUM(CASE WHEN m.status = 'booked' THEN m.amount_minor END), 0) AS used,
         COUNT(CASE WHEN m.status = 'booked' AND (m.amount_minor > 0) <> (b.amount_minor > 0)
                    THEN 1 END) AS turned,
         COUNT(CASE WHEN m.status = 'proposed' THEN 1 END) AS proposed
  FROM store_bankline b LEFT JOIN store_bankmatch m ON m.line_id = b.id
  GROUP BY b.id) one
WHERE open_minor <> amount_minor - used OR turned > 0 OR ABS(used) > ABS(amount_minor)
   OR (open_minor = 0) <> (status IN ('booked', 'ignored'))
   OR (proposed > 0) <> (status = 'proposed')
ORDER BY public_id
"""
# Booked matches and those undone have an entry, and undone ones one that takes it back.
_ENTRIES = """
SELECT * FROM (
  SELECT m.public_id, b.currency, m.status, m.amount_minor, e.id AS entry,
         COALESCE(SUM(CASE WHEN l.code = 'assets:suspense' THEN p.amount_minor END), 0) AS posted,
         COUNT(CASE WHEN p.currency <> b.currency THEN 1 END) AS currencies,
         (SELECT COALESCE(SUM(q.amount_minor), 0) FROM store_journalentry u
          JOIN store_posting q ON q.entry_id = u.id
          JOIN store_ledgeraccount k ON k.id = q.ledger_account_id AND k.code = 'assets:suspense'
          WHERE u.source = m.public_id AND u.kind = 'bank_match_undo') AS back
  FROM store_bankmatch m
  JOIN store_bankline b ON b.id = m.line_id
  LEFT JOIN store_journalentry e ON e.source = m.public_id AND e.kind = 'bank_match'
  LEFT JOIN store_posting p ON p.entry_id = e.id
  LEFT JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  GROUP BY m.id, b.id, e.id) one
WHERE (entry IS NOT NULL) <> (status IN ('booked', 'undone'))
   OR (entry IS NOT NULL AND (posted <> amount_minor OR currencies > 0))
   OR back <> CASE WHEN status = 'undone' THEN -amount_minor ELSE 0 END
ORDER BY public_id
"""
_ALONE = """
SELECT e.kind, e.source FROM store_journalentry e
WHERE e.kind IN ('bank_match', 'bank_match_undo')
  AND NOT EXISTS (SELECT 1 FROM store_bankmatch m WHERE m.public_id = e.source)
ORDER BY e.id
"""
_PAYMENTS = """
SELECT m.public_id, b.currency, m.amount_minor, p.amount_minor
FROM store_bankmatch m
JOIN store_bankline b ON b.id = m.line_id
LEFT JOIN store_payment p ON p.id = m.payment_id
WHERE m.status = 'booked' AND m.kind = 'payment'
  AND (p.id IS NULL OR p.amount_minor <> m.amount_minor OR p.currency <> b.currency
       OR p.account_id <> m.account_id)
ORDER BY m.public_id
"""
_TWICE = """
SELECT what, name, COUNT(*) FROM (
  SELECT 'payment' AS what, p.public_id AS name
  FROM store_bankmatch m JOIN store_payment p ON p.id = m.payment_id WHERE m.status = 'booked'
  UNION ALL
  SELECT 'payout', o.reference
  FROM store_bankmatch m JOIN store_payout o ON o.id = m.payout_id WHERE m.status = 'booked'
  UNION ALL
  SELECT 'refund', r.public_id
  FROM store_bankmatch m JOIN store_refund r ON r.id = m.refund_id WHERE m.status = 'booked'
  UNION ALL
  SELECT 'record', m.key
  FROM store_bankmatch m
  WHERE m.status = 'booked' AND m.kind = 'other' AND SUBSTR(m.key, 1, 5) = 'desk:') one
GROUP BY what, name HAVING COUNT(*) > 1
ORDER BY what, name
"""
# What is not understood yet is in suspense, to the cent, and nothing else is.
_SUSPENSE = """
SELECT s.code, one.currency, SUM(book), SUM(lines) FROM (
  SELECT l.seller_id, p.currency, -p.amount_minor AS book, 0 AS lines
  FROM store_posting p JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  WHERE l.code = 'assets:suspense'
  UNION ALL
  SELECT a.seller_id, b.currency, 0, b.open_minor
  FROM store_bankline b JOIN store_bankaccount a ON a.id = b.bank_account_id) one
JOIN store_seller s ON s.id = one.seller_id
GROUP BY s.code, one.currency HAVING SUM(book) <> SUM(lines)
ORDER BY s.code, one.currency
"""


def check_matches() -> Iterator[Offence]:
    """Bank lines that are used for more than they are, or otherwise than the book says."""
    for subject, code, minor, left, status, used, *_ in stream(_LINES):
        text = (
            f"of {amount(minor, code)}, {amount(used, code)} is matched and {amount(left, code)} "
            f"open, and it is {status}"
        )
        yield Offence("bank-line-use", subject, text)
    for subject, code, status, minor, entry, posted, *_ in stream(_ENTRIES):
        text = f"it is {status}, and the book has no entry for it"
        if entry is not None:
            text = (
                f"it is {status} with {amount(minor, code)}; {amount(posted, code)} is posted, or "
                "it is taken back otherwise"
            )
        yield Offence("match-posting", subject, text)
    for kind, source in stream(_ALONE):
        yield Offence("entry-source", source, f"there is nothing for this {kind} entry")
    for subject, code, minor, paid in stream(_PAYMENTS):
        text = f"it is of {amount(minor, code)}, but its payment is "
        text += "not there" if paid is None else f"another one, of {amount(paid, code)}"
        yield Offence("match-payment", subject, text)
    for what, name, count in stream(_TWICE):
        yield Offence("match-once", name, f"{count} bank lines are booked as this {what}")
    for seller, code, book, lines in stream(_SUSPENSE):
        text = f"{amount(book, code)} waits in the book, but {amount(lines, code)} of lines is open"
        yield Offence("suspense", seller, text)
