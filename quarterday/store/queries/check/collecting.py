"""Proof that what is charged by itself hangs together: collections, instalments and fees."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

_CHARGING = """
SELECT i.label FROM store_collection c JOIN store_invoice i ON i.id = c.invoice_id
LEFT JOIN store_paymentattempt a ON a.id = c.attempt_id
WHERE (c.status = 'charging' AND a.id IS NULL) OR c.account_id <> i.account_id
   OR (a.id IS NOT NULL AND a.account_id <> c.account_id)
"""
_INSTALMENTS = """
SELECT i.label FROM store_instalmentplan p JOIN store_invoice i ON i.id = p.invoice_id
JOIN store_instalment t ON t.plan_id = p.id
GROUP BY p.id, i.label, i.total_minor
HAVING SUM(t.amount_minor) > i.total_minor
"""
_FEES = """
SELECT a.public_id FROM store_paymentattempt a
WHERE a.fee_minor > 0 AND a.status = 'succeeded' AND NOT EXISTS (
  SELECT 1 FROM store_pendingcharge c WHERE c.account_id = a.account_id
  AND c.external_id = 'fee ' || a.public_id AND c.status = 'billed'
  AND c.amount_minor = a.fee_minor)
"""


def check_collecting() -> Iterator[Offence]:
    """Charges without an attempt, plans beyond their invoice, and fees without an invoice."""
    for (label,) in stream(_CHARGING):
        yield Offence("collection", label, "it is charged by no attempt of its own account")
    for (label,) in stream(_INSTALMENTS):
        yield Offence("instalments", label, "they come to more than the invoice")
    for (name,) in stream(_FEES):
        yield Offence("method-fee", name, "it was paid and never invoiced")
