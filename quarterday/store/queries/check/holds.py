"""Proof that accounts that are held were not billed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from quarterday.store.bulk import to_day
from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.stream import stream

_HOLDS = "SELECT count(*) FROM store_billinghold"
_BILLED = """
SELECT COALESCE(a.external_id, a.public_id), h.held_at, [h.until], i.label, [i.issued_on]
FROM store_billinghold h
JOIN store_account a ON a.id = h.account_id
JOIN store_invoice i ON i.account_id = h.account_id
WHERE (h.until IS NULL OR i.issued_on <= h.until)
  AND EXISTS (SELECT 1 FROM store_invoiceline l WHERE l.invoice_id = i.id
              AND l.kind IN ('recurring', 'usage', 'commitment'))
ORDER BY h.account_id, i.id
"""


def check_holds() -> Iterator[Offence]:
    """Invoices for service days that were issued while their account was held.

    What was issued on the day of the hold, in whatever time zone, may have come before it.
    """
    if not fetch(_HOLDS)[0][0]:
        return
    for account, held_at, until, label, issued_on in stream(days(_BILLED)):
        if to_day(issued_on) > _day(held_at) + timedelta(days=1):
            through = f"through {to_day(until)}" if until is not None else "for good"
            text = f"it is held {through}, but {label} bills it on {to_day(issued_on)}"
            yield Offence("billed-on-hold", account, text)


def _day(held_at: datetime | str) -> date:
    """The day of an instant, which SQLite gives as text."""
    return datetime.fromisoformat(str(held_at)).date()
