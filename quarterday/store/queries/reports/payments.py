"""Money that came and went by each way to pay, and what being paid has cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.ledger import PAYMENT_FEES
from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.models import LedgerAccount
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import of_owners, of_sellers

_RECEIVED = """
SELECT [p.received_on], p.currency, p.method,
       CASE WHEN p.kind = 'received' THEN 'received' ELSE 'restored' END,
       COUNT(*), SUM(p.amount_minor)
FROM store_payment p
WHERE p.received_on >= %s AND p.received_on < %s AND p.status <> 'pending'
  AND p.status <> 'failed'{owners}
GROUP BY 1, 2, 3, 4
"""
_REFUNDED = """
SELECT [r.refunded_on], r.currency, p.method, 'refunded', COUNT(*), -SUM(r.amount_minor)
FROM store_refund r JOIN store_payment p ON p.id = r.payment_id
WHERE r.refunded_on >= %s AND r.refunded_on < %s{owners}
GROUP BY 1, 2, 3
"""
# Credit that was paid in by hand, and what was paid out of credit, have their way in the book.
_BY_HAND = """
SELECT [e."on"], x.currency, SUBSTR(l.code, 17), '{name}', COUNT(*), SUM(x.amount_minor)
FROM {table} p
JOIN store_journalentry e ON e.source = p.public_id AND e.kind = '{kind}'
JOIN store_posting x ON x.entry_id = e.id
JOIN store_ledgeraccount l ON l.id = x.ledger_account_id
WHERE {own} AND e."on" >= %s AND e."on" < %s AND SUBSTR(l.code, 1, 16) = 'assets:clearing:'{owners}
GROUP BY 1, 2, 3
"""
_FEES = """
SELECT [e."on"], p.currency, COALESCE(SUBSTR(l.code, 17), ''), 'fee', COUNT(*),
       -SUM(p.amount_minor)
FROM store_posting p
JOIN store_journalentry e ON e.id = p.entry_id
LEFT JOIN store_posting x ON x.entry_id = e.id AND x.ledger_account_id IN ({clearing})
LEFT JOIN store_ledgeraccount l ON l.id = x.ledger_account_id
WHERE p.ledger_account_id IN ({fees}) AND e."on" >= %s AND e."on" < %s{sellers}
GROUP BY 1, 2, 3
"""


class PaidDay(NamedTuple):
    """Movements of one kind on a day: received, restored, refunded, or a fee (below zero)."""

    day: date
    currency: str
    method: str
    kind: str
    number: int
    amount_minor: int


def read_paid(period: Period, sellers: Sequence[int] | None) -> Iterator[PaidDay]:
    """All money of a period by day and way to pay; refunds and fees count below zero."""
    span = [to_column(period.start), to_column(period.end)]
    owners = of_owners("p.account_id", sellers)
    deposits = _deposits(owners)
    paid_out = _BY_HAND.format(
        name="refunded",
        table="store_refund",
        kind="refund",
        own="p.payment_id IS NULL",
        owners=owners,
    )
    received, refunded = _RECEIVED.format(owners=owners), _REFUNDED.format(owners=owners)
    for sql in (received, refunded, deposits, paid_out, _fees(sellers)):
        for day, currency, method, kind, number, minor in fetch(days(sql), span) if sql else ():
            yield PaidDay(to_day(day), currency, method, kind, int(number), int(minor))


def read_deposited(period: Period, sellers: Sequence[int] | None) -> Iterator[PaidDay]:
    """The part of it that was paid in as credit by hand, without a payment."""
    span = [to_column(period.start), to_column(period.end)]
    for day, currency, method, kind, number, minor in fetch(
        days(_deposits(of_owners("p.account_id", sellers))), span
    ):
        yield PaidDay(to_day(day), currency, method, kind, int(number), int(minor))


def _deposits(owners: str) -> str:
    return _BY_HAND.format(
        name="received",
        table="store_creditgrant",
        kind="deposit",
        own="p.payment_id IS NULL AND p.kind = 'deposit'",
        owners=owners,
    )


def _fees(sellers: Sequence[int] | None) -> str:
    """The statement for fees in the book; empty where nobody ever booked one."""
    rows = LedgerAccount.objects.values_list("id", flat=True)
    fees = list(rows.filter(code=PAYMENT_FEES))
    if not fees:
        return ""
    clearing = list(rows.filter(code__startswith="assets:clearing:"))
    return _FEES.format(
        fees=",".join(map(str, fees)),
        clearing=",".join(map(str, clearing)) or "NULL",
        sellers=of_sellers("e.seller_id", sellers),
    )
