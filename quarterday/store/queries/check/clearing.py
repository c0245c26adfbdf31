"""Proof that money passes the clearing account of the way by which it moved, and no other.

What each gateway, bank or till owes stands on an account of its own, so an entry on another one is
wrong on both, although it balances. And nothing stands in the book that no proof knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

KINDS = (
    "invoice credit_note write_off payment refund deposit credit_grant credit_use credit_expiry "
    "credit_reversal reversal advance advance_credit dispute_fee return_fee bank_line bank_opening "
    "bank_match bank_match_undo till_cash till_float till_banked till_difference"
).split()
_UNKNOWN = f"""
SELECT e.reference, e.kind FROM store_journalentry e
WHERE e.kind NOT IN ({", ".join(f"'{kind}'" for kind in KINDS)})
   OR (e.kind = 'return_fee'
       AND NOT EXISTS (SELECT 1 FROM store_paymentattempt a WHERE a.public_id = e.source))
ORDER BY e.id
"""
_MOVED = """
SELECT one.public_id, l.code, one.expected
FROM (
  SELECT y.public_id, 'payment' AS kind, 'assets:clearing:' || y.method AS expected
  FROM store_payment y
  UNION ALL
  SELECT r.public_id, 'refund', 'assets:clearing:' || y.method
  FROM store_refund r JOIN store_payment y ON y.id = r.payment_id
  UNION ALL
  SELECT d.public_id, 'dispute_fee', 'assets:clearing:' || d.gateway FROM store_dispute d
  UNION ALL
  SELECT a.public_id, 'return_fee', 'assets:clearing:' || a.gateway
  FROM store_debit t JOIN store_paymentattempt a ON a.id = t.attempt_id) one
JOIN store_journalentry e ON e.source = one.public_id AND e.kind = one.kind
JOIN store_posting p ON p.entry_id = e.id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
WHERE SUBSTR(l.code, 1, 16) = 'assets:clearing:' AND l.code <> one.expected
ORDER BY one.public_id
"""
# A key of what was written down by hand is "desk:METHOD:ID"; an id has 36 signs.
_MATCHED = """
SELECT * FROM (
  SELECT m.public_id, l.code, m.kind,
         CASE WHEN m.kind = 'payout' THEN 'assets:clearing:' || o.gateway
              WHEN m.kind IN ('debits', 'return') THEN 'assets:clearing:sepa_debit'
              WHEN m.kind = 'refund' THEN 'assets:clearing:' || COALESCE(ry.method, 'bank_transfer')
              WHEN m.kind = 'payment' THEN 'assets:clearing:' || y.method
              WHEN SUBSTR(m.key, 1, 5) = 'desk:'
              THEN 'assets:clearing:' || SUBSTR(m.key, 6, LENGTH(m.key) - 42)
              ELSE 'equity:other-books' END AS expected
  FROM store_bankmatch m
  JOIN store_journalentry e
    ON e.source = m.public_id AND e.kind IN ('bank_match', 'bank_match_undo')
  JOIN store_posting p ON p.entry_id = e.id
  JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  LEFT JOIN store_payout o ON o.id = m.payout_id
  LEFT JOIN store_payment y ON y.id = m.payment_id
  LEFT JOIN store_refund r ON r.id = m.refund_id
  LEFT JOIN store_payment ry ON ry.id = r.payment_id) one
WHERE code <> 'assets:suspense' AND code <> COALESCE(expected, '')
  AND NOT (kind = 'payout' AND code = 'expenses:payment-fees')
ORDER BY public_id
"""


def check_clearing() -> Iterator[Offence]:
    """Entries on the account of another way to pay, and entries that nothing explains."""
    for sql in (_MOVED, _MATCHED):
        for name, code, *_, expected in stream(sql):
            text = f"its entry is on {code}, and belongs to {expected or 'no account'}"
            yield Offence("clearing", name, text)
    for reference, kind in stream(_UNKNOWN):
        yield Offence("entry-source", reference, f"there is nothing for this {kind} entry")
