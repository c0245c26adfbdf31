"""Proof that reminding hangs together: nobody who has paid is held back or reminded."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.core.dunning import POLICIES
from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

_HELD = """
SELECT h.public_id, i.label FROM store_servicehold h
JOIN store_invoice i ON i.public_id = h.subject
WHERE h.cause = 'unpaid' AND h.ended_at IS NULL
  AND (i.status <> 'open' OR i.account_id <> h.account_id)
"""
_REMINDED = """
SELECT i.label FROM store_dunning d JOIN store_invoice i ON i.id = d.invoice_id
WHERE d.status <> 'ended' AND i.status <> 'open'
"""
_ROWS = """
SELECT i.label FROM store_dunning d JOIN store_invoice i ON i.id = d.invoice_id
WHERE d.account_id <> i.account_id
   OR (d.status = 'ended') <> (d.ended_at IS NOT NULL)
   OR (d.status = 'ended') <> (d.next_at IS NULL)
"""
_POLICIES = """
SELECT DISTINCT s.policy, i.label FROM store_dunningstep s
JOIN store_invoice i ON i.id = s.invoice_id
WHERE s.policy NOT IN ({built_in}) AND NOT EXISTS (
  SELECT 1 FROM store_dunningpolicy p WHERE p.seller_id = i.seller_id
  AND p.code = s.policy AND p.version = s.policy_version)
"""
_FEES = """
SELECT i.label, s.step FROM store_dunningstep s JOIN store_invoice i ON i.id = s.invoice_id
WHERE s.action = 'fee' AND s.outcome = 'done' AND NOT EXISTS (
  SELECT 1 FROM store_pendingcharge c WHERE c.account_id = i.account_id
  AND c.external_id = 'late fee ' || i.public_id || ' ' || s.step AND c.status = 'billed')
"""
_HOLDS = """
SELECT h.public_id FROM store_dunninghold h JOIN store_invoice i ON i.id = h.invoice_id
WHERE h.account_id <> i.account_id
"""


def check_dunning() -> Iterator[Offence]:
    """Services held for what is settled, reminders of it, fees without an invoice, and steps of
    policies that nobody knows.
    """
    for hold, label in stream(_HELD):
        yield Offence("dunning", label, f"it is not owed, and hold {hold} keeps a service for it")
    for (label,) in stream(_REMINDED):
        yield Offence("dunning", label, "it is not open, and is still reminded of")
    for (label,) in stream(_ROWS):
        yield Offence("dunning", label, "its status, its days and its account do not agree")
    built_in = ", ".join(f"'{code}'" for code in sorted(POLICIES))
    for policy, label in stream(_POLICIES.format(built_in=built_in)):
        yield Offence(
            "dunning", label, f"a step was taken by policy {policy!r}, which is not there"
        )
    for label, step in stream(_FEES):
        yield Offence("dunning", label, f"the fee of step {step!r} was never invoiced")
    for (hold,) in stream(_HOLDS):
        yield Offence("dunning", hold, "it holds the invoice of another account")
