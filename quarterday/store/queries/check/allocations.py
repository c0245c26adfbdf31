"""Proof that nothing is settled twice: what is open, and what was allocated, make the amount.

Open amounts are compared with all that took from them: allocations, the credit that a payment
became, refunds, expiry and what else goes from credit, and debts that were written off.
"""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_INVOICES = """
SELECT label, currency, status, total_minor, open_minor, settled, written FROM (
  SELECT i.label, i.currency, i.status, i.total_minor, i.open_minor,
         (SELECT COALESCE(SUM(a.amount_minor), 0) FROM store_allocation a
          WHERE a.invoice_id = i.id) AS settled,
         CASE WHEN i.status IN ('open', 'paid', 'void') AND NOT EXISTS (
                SELECT 1 FROM store_journalentry e
                WHERE e.source = i.public_id AND e.kind = 'write_off') THEN 0 ELSE
         (SELECT COALESCE(-SUM(p.amount_minor), 0)
          FROM store_journalentry e
          JOIN store_posting p ON p.entry_id = e.id
          JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
          WHERE e.source = i.public_id AND e.kind = 'write_off'
            AND l.code = 'assets:receivable')
         + (SELECT COALESCE(-SUM(p.amount_minor), 0)
            FROM store_allocation a
            JOIN store_journalentry e ON e.source = a.public_id AND e.kind = 'write_off'
            JOIN store_posting p ON p.entry_id = e.id
            JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
            WHERE a.invoice_id = i.id AND a.amount_minor < 0
              AND l.code = 'assets:receivable') END AS written
  FROM store_invoice i WHERE i.series <> 'advance') one
WHERE settled > total_minor OR settled < 0 OR open_minor <> total_minor - settled - written
   OR (status = 'open') <> (open_minor > 0)
"""
_PAYMENTS = """
SELECT name, currency, status, amount_minor, open_minor, settled, credit, refunded FROM (
  SELECT COALESCE(p.external_id, p.public_id) AS name, p.currency, p.status, p.amount_minor,
         p.open_minor,
         (SELECT COALESCE(SUM(a.amount_minor), 0) FROM store_allocation a
          WHERE a.payment_id = p.id) AS settled,
         (SELECT COALESCE(SUM(g.amount_minor), 0) FROM store_creditgrant g
          WHERE g.payment_id = p.id) AS credit,
         (SELECT COALESCE(SUM(r.amount_minor), 0) FROM store_refund r
          WHERE r.payment_id = p.id) AS refunded
  FROM store_payment p) one
WHERE settled + credit > amount_minor OR settled < 0 OR refunded > amount_minor
   OR (status NOT IN ('pending', 'failed') AND open_minor <> amount_minor - settled - credit)
   OR (status = 'succeeded' AND refunded <> 0)
   OR (status = 'partially_refunded' AND (refunded = 0 OR refunded = amount_minor))
   OR (status = 'refunded' AND refunded <> amount_minor)
"""
_REFUNDS = """
SELECT name, currency, amount_minor, taken FROM (
  SELECT COALESCE(r.external_id, r.public_id) AS name, r.currency, r.amount_minor,
         (SELECT COALESCE(SUM(d.amount_minor), 0) FROM store_creditgrant g
          JOIN store_creditdeduction d ON d.grant_id = g.id
          WHERE g.account_id = r.account_id AND d.refund_id = r.id) AS taken
  FROM store_refund r) one
WHERE taken <> amount_minor
"""
_GRANTS = """
SELECT name, currency, amount_minor, open_minor, settled, gone FROM (
  SELECT COALESCE(g.external_id, g.public_id) AS name, g.currency, g.amount_minor, g.open_minor,
         (SELECT COALESCE(SUM(a.amount_minor), 0) FROM store_allocation a
          WHERE a.grant_id = g.id) AS settled,
         (SELECT COALESCE(SUM(d.amount_minor), 0) FROM store_creditdeduction d
          WHERE d.grant_id = g.id) AS gone
  FROM store_creditgrant g) one
WHERE settled + gone > amount_minor OR settled < 0
   OR open_minor <> amount_minor - settled - gone
"""
_NOTES = """
SELECT label, currency, total_minor, settled FROM (
  SELECT n.label, n.currency, n.total_minor,
         (SELECT COALESCE(SUM(a.amount_minor), 0) FROM store_allocation a
          WHERE a.credit_note_id = n.id) AS settled
  FROM store_creditnote n) one
WHERE settled > total_minor OR settled < 0
"""
_STRANGERS = """
SELECT i.label, a.amount_minor, i.currency
FROM store_allocation a
JOIN store_invoice i ON i.id = a.invoice_id
LEFT JOIN store_payment p ON p.id = a.payment_id
LEFT JOIN store_creditgrant g ON g.id = a.grant_id
LEFT JOIN store_creditnote n ON n.id = a.credit_note_id
WHERE COALESCE(p.currency, g.currency, n.currency) <> i.currency
   OR COALESCE(p.account_id, g.account_id, n.account_id) <> i.account_id
ORDER BY a.id
"""
_REVERSALS = """
SELECT i.label, a.amount_minor, i.currency
FROM store_allocation a
JOIN store_invoice i ON i.id = a.invoice_id
LEFT JOIN store_allocation b ON b.id = a.reverses_id
WHERE (b.id IS NULL AND a.amount_minor < 0)
   OR (b.id IS NOT NULL AND (
         a.amount_minor <> -b.amount_minor OR a.invoice_id <> b.invoice_id
         OR COALESCE(a.payment_id, 0) <> COALESCE(b.payment_id, 0)
         OR COALESCE(a.grant_id, 0) <> COALESCE(b.grant_id, 0)
         OR COALESCE(a.credit_note_id, 0) <> COALESCE(b.credit_note_id, 0)))
ORDER BY a.id
"""


def check_allocations() -> Iterator[Offence]:
    """Documents, payments and credit of which more was used than there is, or otherwise."""
    yield from _check_invoices()
    yield from _check_payments()
    yield from _check_credit()
    for label, minor, code in stream(_STRANGERS):
        text = f"{amount(minor, code)} of another account or currency is allocated to it"
        yield Offence("allocation-source", label, text)
    for label, minor, code in stream(_REVERSALS):
        text = f"an allocation of {amount(minor, code)} does not take back the one that it names"
        yield Offence("allocation-reversal", label, text)


def _check_invoices() -> Iterator[Offence]:
    for label, code, status, total, left, settled, written in stream(_INVOICES):
        if not 0 <= settled <= total:
            text = f"{amount(settled, code)} is allocated to its {amount(total, code)}"
            yield Offence("allocation-limit", label, text)
        elif left != total - settled - written:
            text = (
                f"{amount(left, code)} of {amount(total, code)} is open, but "
                f"{amount(settled, code)} is settled and {amount(written, code)} written off"
            )
            yield Offence("open-amount", label, text)
        else:
            yield Offence("status", label, f"it is {status}, but {amount(left, code)} is open")


def _check_payments() -> Iterator[Offence]:
    for name, code, status, total, left, settled, credit, refunded in stream(_PAYMENTS):
        if settled < 0 or max(settled + credit, refunded) > total:
            text = (
                f"of {amount(total, code)}, {amount(settled, code)} is allocated, "
                f"{amount(credit, code)} became credit and {amount(refunded, code)} was refunded"
            )
            yield Offence("allocation-limit", name, text)
        elif left != total - settled - credit:
            text = (
                f"{amount(left, code)} of {amount(total, code)} is open, but "
                f"{amount(settled, code)} is allocated and {amount(credit, code)} became credit"
            )
            yield Offence("open-amount", name, text)
        else:
            text = (
                f"it is {status}, but {amount(refunded, code)} of {amount(total, code)} is refunded"
            )
            yield Offence("status", name, text)
    for name, code, total, taken in stream(_REFUNDS):
        text = f"it gave back {amount(total, code)}, but {amount(taken, code)} of credit was taken"
        yield Offence("refund-source", name, text)


def _check_credit() -> Iterator[Offence]:
    for name, code, total, left, settled, gone in stream(_GRANTS):
        text = (
            f"of {amount(total, code)}, {amount(settled, code)} is allocated, "
            f"{amount(gone, code)} expired or was taken back, and {amount(left, code)} is open"
        )
        over = settled + gone > total or settled < 0
        yield Offence("allocation-limit" if over else "open-amount", name, text)
    for label, code, total, settled in stream(_NOTES):
        text = f"{amount(settled, code)} of its {amount(total, code)} is allocated"
        yield Offence("allocation-limit", label, text)
