"""The book added up: balances before a period, what moved in it, and its postings one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.models import LedgerAccount
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import of_sellers

_MOVED = """
SELECT l.code, p.currency, SUM(p.opening), SUM(p.debit), SUM(p.credit), SUM(p.moved)
FROM (
  SELECT p.ledger_account_id, p.currency,
         SUM(CASE WHEN e."on" < %s THEN p.amount_minor ELSE 0 END) AS opening,
         SUM(CASE WHEN e."on" >= %s AND p.amount_minor > 0 THEN p.amount_minor ELSE 0 END) AS debit,
         SUM(CASE WHEN e."on" >= %s AND p.amount_minor < 0 THEN p.amount_minor ELSE 0 END)
           AS credit,
         COUNT(CASE WHEN e."on" >= %s THEN 1 END) AS moved
  FROM store_posting p JOIN store_journalentry e ON e.id = p.entry_id
  WHERE e."on" < %s{sellers}
  GROUP BY p.ledger_account_id, p.currency) p
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
GROUP BY l.code, p.currency
"""
_POSTINGS = """
SELECT [e."on"], e.kind, e.reference, e.memo, l.code, p.currency, p.amount_minor,
       COALESCE(a.external_id, a.public_id, ''), COALESCE(a.name, '')
FROM store_posting p
JOIN store_journalentry e ON e.id = p.entry_id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
LEFT JOIN store_account a ON a.id = p.account_id
WHERE p.ledger_account_id IN ({keys}) AND e."on" >= %s AND e."on" < %s{currency}
ORDER BY e."on", p.id LIMIT %s
"""
_TOTALS = """
SELECT p.currency,
       SUM(CASE WHEN e."on" < %s THEN p.amount_minor ELSE 0 END),
       SUM(CASE WHEN e."on" >= %s AND p.amount_minor > 0 THEN p.amount_minor ELSE 0 END),
       SUM(CASE WHEN e."on" >= %s AND p.amount_minor < 0 THEN p.amount_minor ELSE 0 END)
FROM store_posting p JOIN store_journalentry e ON e.id = p.entry_id
WHERE p.ledger_account_id IN ({keys}) AND e."on" < %s
GROUP BY p.currency
"""


class Moved(NamedTuple):
    """A ledger account in one currency: signed minor units; ``credit_minor`` is below zero."""

    code: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    postings: int = 0

    @property
    def closing_minor(self) -> int:
        """What it holds at the end."""
        return self.opening_minor + self.debit_minor + self.credit_minor


class Posted(NamedTuple):
    """One posting with its entry."""

    on: date
    kind: str
    reference: str
    memo: str
    code: str
    currency: str
    amount_minor: int
    account: str
    account_name: str


def read_trial_balance(period: Period, sellers: Sequence[int] | None) -> list[Moved]:
    """Every ledger account with an opening or a movement, in order of code and currency."""
    first, end = to_column(period.start), to_column(period.end)
    sql = _MOVED.format(sellers=of_sellers("e.seller_id", sellers))
    found = [
        Moved(code, currency, *(int(one) for one in sums))
        for code, currency, *sums in fetch(sql, [first, first, first, first, end])
    ]
    return sorted(one for one in found if one.opening_minor or one.postings)


def find_ledger_accounts(code: str, sellers: Sequence[int] | None) -> list[int]:
    """The keys of a ledger account, or of all below it when the code ends with a colon."""
    rows = LedgerAccount.objects.all()
    rows = rows.filter(code__startswith=code) if code.endswith(":") else rows.filter(code=code)
    if sellers is not None:
        rows = rows.filter(seller__in=sellers)
    return list(rows.values_list("id", flat=True))


def read_postings(
    keys: Sequence[int], period: Period, currency: str, limit: int
) -> Iterator[Posted]:
    """The postings of ledger accounts in a period, the earliest first, at most ``limit``."""
    if not keys:
        return
    listed = ",".join(str(int(key)) for key in keys)
    sql = _POSTINGS.format(keys=listed, currency=" AND p.currency = %s" if currency else "")
    params = [to_column(period.start), to_column(period.end), *([currency] if currency else [])]
    for on, *rest in fetch(days(sql), [*params, limit]):
        yield Posted(to_day(on), *rest)


def read_totals(keys: Sequence[int], period: Period) -> list[Moved]:
    """What ledger accounts held before a period and what moved in it, by currency."""
    if not keys:
        return []
    first, end = to_column(period.start), to_column(period.end)
    sql = _TOTALS.format(keys=",".join(str(int(key)) for key in keys))
    rows = fetch(sql, [first, first, first, end])
    return sorted(Moved("", currency, *(int(one) for one in sums)) for currency, *sums in rows)
