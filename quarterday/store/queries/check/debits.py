"""Proof that files for the bank hold what their debits come to, each debit once."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_BATCHES = """
SELECT b.message_id, b.currency, b.status, b.count, b.total_minor, COUNT(d.id) AS debits,
       COALESCE(SUM(a.amount_minor), 0) AS total,
       COUNT(CASE WHEN a.currency <> b.currency OR d.seller_id <> b.seller_id THEN 1 END) AS strange
FROM store_debitbatch b
LEFT JOIN store_debit d ON d.batch_id = b.id
LEFT JOIN store_paymentattempt a ON a.id = d.attempt_id
GROUP BY b.id
ORDER BY b.id
"""
_DEBITS = """
SELECT d.end_to_end_id, m.reference, a.status,
       m.account_id <> a.account_id OR m.seller_id <> d.seller_id AS is_foreign,
       d.batch_id IS NULL AS is_waiting, d.payment_group
FROM store_debit d
JOIN store_mandate m ON m.id = d.mandate_id
JOIN store_paymentattempt a ON a.id = d.attempt_id
WHERE m.account_id <> a.account_id OR m.seller_id <> d.seller_id
   OR (d.batch_id IS NULL AND d.payment_group <> '')
   OR (d.batch_id IS NOT NULL AND d.payment_group = '')
ORDER BY d.id
"""
_MANDATES = """
SELECT m.reference, m.status FROM store_mandate m
JOIN store_paymentmethod p ON p.id = m.method_id
WHERE (m.status = 'active') <> (p.removed_at IS NULL) OR p.account_id <> m.account_id
ORDER BY m.id
"""


def check_debits() -> Iterator[Offence]:
    """Files that do not come to their debits, and debits or mandates that belong elsewhere."""
    for name, currency, status, count, total, debits, found, strange in stream(_BATCHES):
        if status == "dropped":
            if debits:
                yield Offence("debit-batch", name, f"it was dropped, but {debits} debits are in it")
        elif (count, total) != (debits, found):
            text = f"it is of {count} debits, {amount(total, currency)}, but holds {debits}, "
            yield Offence("debit-batch", name, text + amount(found, currency))
        if strange:
            yield Offence("debit-batch", name, "it holds debits of another currency or seller")
    for name, mandate, _, is_foreign, _, group in stream(_DEBITS):
        if is_foreign:
            text = f"mandate {mandate} is of another account than its attempt"
        else:
            text = f"its group {group!r} does not go with the file that it is in"
        yield Offence("debit", name, text)
    for reference, status in stream(_MANDATES):
        text = f"it is {status}, but its way to pay is not, or is of another account"
        yield Offence("mandate", reference, text)
