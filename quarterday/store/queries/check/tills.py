"""Proof that what lies in tills is what the book says, and that closed days add up."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

# Cash that should be there, without and with what counting found.
_TILLS = """
SELECT c.code, t.number, t.currency, t.opening_minor, t.expected_minor, t.counted_minor,
       t.closed_at IS NOT NULL AS is_closed,
       COALESCE(SUM(CASE WHEN e.means = 'cash' AND e.kind <> 'difference'
                         THEN e.amount_minor END), 0) AS moved,
       COALESCE(SUM(CASE WHEN e.kind = 'difference' THEN e.amount_minor END), 0) AS difference,
       COUNT(e.id) AS entries, COALESCE(MAX(e.number), 0) AS last
FROM store_till t
JOIN store_cashier c ON c.id = t.cashier_id
LEFT JOIN store_tillentry e ON e.till_id = t.id
GROUP BY c.id, t.id
ORDER BY c.id, t.id
"""
# The cash of a cashier is what the latest till of each currency holds.
_BOOK = """
SELECT s.code, c.code, t.currency,
       t.opening_minor + COALESCE((SELECT SUM(e.amount_minor) FROM store_tillentry e
                                   WHERE e.till_id = t.id AND e.means = 'cash'), 0) AS held,
       COALESCE((SELECT SUM(p.amount_minor) FROM store_posting p
                 JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
                 WHERE l.seller_id = c.seller_id AND l.code = 'assets:cash:' || c.code
                   AND p.currency = t.currency), 0) AS booked
FROM store_till t
JOIN store_cashier c ON c.id = t.cashier_id
JOIN store_seller s ON s.id = c.seller_id
WHERE t.number = (SELECT MAX(o.number) FROM store_till o
                  WHERE o.cashier_id = t.cashier_id AND o.currency = t.currency)
ORDER BY c.id, t.id
"""
_PAYMENTS = """
SELECT c.code, t.number, e.number, t.currency, e.amount_minor, y.amount_minor, y.currency
FROM store_tillentry e
JOIN store_till t ON t.id = e.till_id
JOIN store_cashier c ON c.id = t.cashier_id
LEFT JOIN store_payment y ON y.id = e.payment_id
WHERE (e.kind IN ('payment', 'cancelled') AND y.id IS NULL)
   OR (e.kind = 'payment' AND y.amount_minor <> e.amount_minor)
   OR (e.kind = 'cancelled' AND y.amount_minor <> -e.amount_minor)
   OR y.currency <> t.currency
ORDER BY e.id
"""
_TWICE = """
SELECT y.public_id, e.kind, COUNT(*) FROM store_tillentry e
JOIN store_payment y ON y.id = e.payment_id
GROUP BY y.public_id, e.kind HAVING COUNT(*) > 1
ORDER BY y.public_id
"""
_UNBOOKED = """
SELECT c.code, t.number, e.number FROM store_tillentry e
JOIN store_till t ON t.id = e.till_id
JOIN store_cashier c ON c.id = t.cashier_id
WHERE e.means = 'cash' AND NOT EXISTS (
  SELECT 1 FROM store_journalentry j
  WHERE j.source = e.public_id AND SUBSTR(j.kind, 1, 5) = 'till_')
ORDER BY e.id
"""
_ALONE = """
SELECT j.kind, j.reference FROM store_journalentry j
WHERE SUBSTR(j.kind, 1, 5) = 'till_'
  AND NOT EXISTS (SELECT 1 FROM store_tillentry e WHERE e.public_id = j.source)
  AND NOT EXISTS (SELECT 1 FROM store_till t WHERE t.public_id = j.source)
ORDER BY j.id
"""


def check_tills() -> Iterator[Offence]:
    """Tills whose entries do not come to what was counted, or that the book knows otherwise."""
    for row in stream(_TILLS):
        code, number, currency, opening, expected, counted, is_closed, moved, found, count, last = (
            row
        )
        subject = f"{code} {number}"
        if count != last:
            yield Offence("till-numbers", subject, f"it has {count} entries, numbered to {last}")
        if not is_closed:
            continue
        if expected != opening + moved:
            text = f"{amount(expected, currency)} were expected, but its entries come to "
            yield Offence("till-expected", subject, text + amount(opening + moved, currency))
        if counted != expected + found:
            text = f"{amount(counted, currency)} were counted, but expected with the difference is "
            yield Offence("till-counted", subject, text + amount(expected + found, currency))
    for _, code, currency, held, booked in stream(_BOOK):
        if held != booked:
            text = f"{amount(held, currency)} lie in the till, but {amount(booked, currency)}"
            yield Offence("till-posting", code, f"{text} are in the book")
    for code, number, entry, currency, minor, paid, other in stream(_PAYMENTS):
        text = f"it is of {amount(minor, currency)}, but its payment is "
        text += "not there" if paid is None else f"of {amount(paid, other)}"
        yield Offence("till-payment", f"{code} {number}/{entry}", text)
    for payment, kind, count in stream(_TWICE):
        yield Offence(
            "till-payment", payment, f"{count} entries of tills of the kind {kind} name it"
        )
    for code, number, entry in stream(_UNBOOKED):
        yield Offence("till-posting", f"{code} {number}/{entry}", "the book has no entry for it")
    for kind, reference in stream(_ALONE):
        yield Offence("entry-source", reference, f"there is nothing for this {kind} entry")
