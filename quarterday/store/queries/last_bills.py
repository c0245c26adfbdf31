"""What accounts were billed last time, for seeing what is different now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.difference import BilledLine
from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.raw import days, fetch, fetch_by_ids


@dataclass(slots=True)
class LastBill:
    """The regular invoices of an account's last billing day, summed up in minor units."""

    total_minor: int = 0
    invoices: list[int] = field(default_factory=list)


class Gone(NamedTuple):
    """An account that was billed a month ago, and will not be again."""

    account_id: int
    currency: str
    total_minor: int
    documents: int
    is_held: bool


# Regular is what bills service days; a single charge or fee is no measure for the next bill.
_REGULAR = (
    "EXISTS (SELECT 1 FROM store_invoiceline l WHERE l.invoice_id = i.id "
    "AND l.kind IN ('recurring', 'usage', 'commitment'))"
)
_LAST = f"""
SELECT i.account_id, i.id, [i.issued_on], i.total_minor FROM store_invoice i
WHERE i.account_id {{ids}} AND i.status <> 'void' AND {_REGULAR}
ORDER BY i.account_id, i.id
"""
_LINES = """
SELECT l.invoice_id, l.subscription_id, l.kind, l.description, [l.period_start], [l.period_end],
       l.quantity, l.discount_minor, l.net_minor
FROM store_invoiceline l WHERE l.invoice_id {ids} ORDER BY l.invoice_id, l.position
"""
_GONE = f"""
SELECT i.account_id, i.currency, SUM(i.total_minor), COUNT(*), MAX(h.account_id)
FROM store_invoice i
JOIN store_billingdue d ON d.account_id = i.account_id
LEFT JOIN store_billinghold h ON h.account_id = i.account_id
     AND (h.until IS NULL OR h.until >= %s)
WHERE i.seller_id = %s AND i.issued_on = %s AND i.status <> 'void'
  AND (d.bill_on IS NULL OR h.account_id IS NOT NULL) AND {_REGULAR}
GROUP BY i.account_id, i.currency
ORDER BY i.account_id
"""


def load_last_bills(account_ids: Sequence[int]) -> dict[int, LastBill]:
    """The last regular bill of each account; those that never had one are left out."""
    found: dict[int, tuple[date, LastBill]] = {}
    for key, invoice, issued_on, total in fetch_by_ids(days(_LAST), account_ids):
        day = to_day(issued_on)
        known = found.get(key)
        if known is None or known[0] < day:
            found[key] = known = day, LastBill()
        if known[0] == day:
            known[1].total_minor += total
            known[1].invoices.append(invoice)
    return {key: bill for key, (_, bill) in found.items()}


def load_lines(invoice_ids: Sequence[int]) -> dict[int, list[BilledLine]]:
    """The lines of invoices, by invoice."""
    found: dict[int, list[BilledLine]] = defaultdict(list)
    for invoice, subscription, kind, text, start, end, quantity, discount, net in fetch_by_ids(
        days(_LINES), invoice_ids
    ):
        period = Period(to_day(start), to_day(end))
        line = BilledLine(subscription, kind, text, period, Decimal(quantity), discount, net)
        found[invoice].append(line)
    return found


def find_gone(seller_id: int, *, then: date, on: date) -> Iterator[Gone]:
    """Accounts that had a regular bill on a day before, and have nothing left to bill on another,
    or are held on it.
    """
    params = [to_column(on), seller_id, to_column(then)]
    for key, currency, total, count, held in fetch(_GONE, params):
        yield Gone(key, currency, int(total), int(count), held is not None)
