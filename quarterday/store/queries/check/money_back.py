"""Proof that money which goes back, and comes again, is booked as often as it moved.

Refunds by gateways, disputes, and what gateways pay out.
"""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_REFUNDS = """
SELECT t.public_id, t.status, r.currency, r.amount_minor, p.amount_minor
FROM store_refundattempt t
JOIN store_refund r ON r.id = t.refund_id
LEFT JOIN store_payment p ON p.id = t.returned_id
WHERE r.payment_id IS NULL OR (t.status = 'failed') <> (p.id IS NOT NULL)
   OR (p.id IS NOT NULL AND (
         p.amount_minor <> r.amount_minor OR p.currency <> r.currency
         OR p.account_id <> r.account_id OR p.kind <> 'returned'))
ORDER BY t.id
"""
_AGAIN = """
SELECT p.public_id, p.kind, p.currency, p.amount_minor FROM store_payment p
WHERE (p.kind = 'restored'
       AND NOT EXISTS (SELECT 1 FROM store_dispute d WHERE d.restored_id = p.id))
   OR (p.kind = 'returned'
       AND NOT EXISTS (SELECT 1 FROM store_refundattempt t WHERE t.returned_id = p.id))
   OR (p.kind = 'received'
       AND (EXISTS (SELECT 1 FROM store_dispute d WHERE d.restored_id = p.id)
            OR EXISTS (SELECT 1 FROM store_refundattempt t WHERE t.returned_id = p.id)))
ORDER BY p.id
"""
_DISPUTES = """
SELECT public_id, status, currency, amount_minor, booked, COALESCE(restored, 0) FROM (
  SELECT d.public_id, d.status, d.currency, d.amount_minor, d.account_id, d.refund_id,
         COALESCE(SUM(r.amount_minor), 0) AS booked,
         COUNT(CASE WHEN r.currency <> d.currency OR r.account_id <> d.account_id
                      OR (r.id IS NOT NULL AND r.payment_id IS NULL) THEN 1 END) AS strangers,
         p.amount_minor AS restored, p.account_id AS owner
  FROM store_dispute d
  LEFT JOIN (SELECT id AS dispute_id, refund_id FROM store_dispute
             UNION ALL SELECT dispute_id, refund_id FROM store_disputerest) x
    ON x.dispute_id = d.id
  LEFT JOIN store_refund r ON r.id = x.refund_id
  LEFT JOIN store_payment p ON p.id = d.restored_id
  GROUP BY d.id, p.id) one
WHERE booked > amount_minor OR strangers > 0 OR (refund_id IS NULL AND booked <> 0)
   OR (status = 'won' AND booked > 0) <> (restored IS NOT NULL)
   OR restored <> booked OR owner <> account_id
ORDER BY public_id
"""
# A payment, or what a refund of it returned, that still settles something while a dispute of it
# has not got all its money.
_KEPT = """
SELECT d.public_id, d.currency, p.amount_minor FROM store_dispute d
JOIN store_payment p ON p.id = d.payment_id OR p.id IN (
  SELECT t.returned_id FROM store_refundattempt t JOIN store_refund r ON r.id = t.refund_id
  WHERE r.payment_id = d.payment_id)
WHERE d.status <> 'won'
  AND d.amount_minor > (
    SELECT COALESCE(SUM(r.amount_minor), 0) FROM store_refund r
    WHERE r.id = d.refund_id
       OR r.id IN (SELECT x.refund_id FROM store_disputerest x WHERE x.dispute_id = d.id))
  AND p.amount_minor > (
    SELECT COALESCE(SUM(r.amount_minor), 0) FROM store_refund r WHERE r.payment_id = p.id)
  AND EXISTS (
    SELECT 1 FROM store_allocation a JOIN store_invoice i ON i.id = a.invoice_id
    WHERE a.payment_id = p.id AND a.amount_minor > 0 AND i.status IN ('open', 'paid', 'written_off')
      AND NOT EXISTS (SELECT 1 FROM store_allocation b WHERE b.reverses_id = a.id))
ORDER BY d.id
"""
_FEES = """
SELECT * FROM (
  SELECT d.public_id, d.currency, d.fee_minor,
         (SELECT COALESCE(SUM(p.amount_minor), 0) FROM store_journalentry e
          JOIN store_posting p ON p.entry_id = e.id
          JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
          WHERE e.source = d.public_id AND e.kind = 'dispute_fee'
            AND l.code = 'expenses:payment-fees') AS posted
  FROM store_dispute d) one
WHERE posted <> fee_minor
ORDER BY public_id
"""
_ALONE = """
SELECT e.kind, e.reference FROM store_journalentry e
WHERE e.kind = 'dispute_fee'
  AND NOT EXISTS (SELECT 1 FROM store_dispute d WHERE d.public_id = e.source)
ORDER BY e.id
"""
_COLLECTED = """
SELECT i.label, d.public_id FROM store_dispute d
JOIN store_invoice i ON i.account_id = d.account_id
JOIN store_collection c ON c.invoice_id = i.id
WHERE d.status = 'opened' AND c.status = 'charging'
  AND d.invoices LIKE '%%' || i.public_id || '%%'
ORDER BY i.id
"""
_PAYOUTS = """
SELECT public_id, currency, gross_minor, fee_minor, net_minor, gross, fee, items FROM (
  SELECT o.public_id, o.currency, o.gross_minor, o.fee_minor, o.net_minor,
         COALESCE(SUM(i.gross_minor), 0) AS gross, COALESCE(SUM(i.fee_minor), 0) AS fee,
         COUNT(i.id) AS items
  FROM store_payout o LEFT JOIN store_payoutitem i ON i.payout_id = o.id
  GROUP BY o.id, o.public_id, o.currency, o.gross_minor, o.fee_minor, o.net_minor) one
WHERE gross_minor <> fee_minor + net_minor
   OR (items > 0 AND (gross <> gross_minor OR fee <> fee_minor))
ORDER BY public_id
"""


def check_refunds() -> Iterator[Offence]:
    """Refunds of gateways that failed and did not come back, or came back and did not fail."""
    for name, status, code, minor, returned in stream(_REFUNDS):
        back = amount(returned, code) if returned is not None else "nothing"
        text = f"a refund of {amount(minor, code)} is {status}, and {back} came back of it"
        yield Offence("refund-returned", name, text)
    for name, kind, code, minor in stream(_AGAIN):
        text = f"{amount(minor, code)} is {kind}, but no dispute and no refund agrees"
        yield Offence("payment-kind", name, text)


def check_disputes() -> Iterator[Offence]:
    """Disputes that the book does not say the same of, and invoices charged in the meantime."""
    for name, status, code, minor, booked, restored in stream(_DISPUTES):
        text = (
            f"a dispute of {amount(minor, code)} is {status}, with {amount(booked, code)} booked "
            f"out and {amount(restored, code)} in again"
        )
        yield Offence("dispute-booking", name, text)
    for name, code, minor in stream(_KEPT):
        text = f"a payment of {amount(minor, code)} still settles what the dispute has taken"
        yield Offence("dispute-kept", name, text)
    for name, code, minor, posted in stream(_FEES):
        text = f"its fee is {amount(minor, code)}, but {amount(posted, code)} is posted"
        yield Offence("dispute-fee", name, text)
    for kind, reference in stream(_ALONE):
        yield Offence("entry-source", reference, f"there is nothing for this {kind} entry")
    for label, name in stream(_COLLECTED):
        yield Offence("dispute-collected", label, f"it is charged while dispute {name} is open")


def check_payouts() -> Iterator[Offence]:
    """Payouts whose gross is not net and fee, or not what their parts sum to."""
    for name, code, gross, fee, net, parts, fees, _ in stream(_PAYOUTS):
        text = (
            f"gross {amount(gross, code)}, fee {amount(fee, code)}, net {amount(net, code)}; its "
            f"parts sum to {amount(parts, code)} with a fee of {amount(fees, code)}"
        )
        yield Offence("payout-sum", name, text)
