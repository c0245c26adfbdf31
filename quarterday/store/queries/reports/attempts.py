"""Attempts to be paid that failed, and what became of the invoices they were for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_owners

_COUNTED = """
SELECT {month}, t.currency, t.gateway, COUNT(*),
       COUNT(CASE WHEN t.status = 'succeeded' THEN 1 END),
       COUNT(CASE WHEN t.status = 'failed' THEN 1 END),
       SUM(CASE WHEN t.status = 'failed' THEN t.amount_minor ELSE 0 END)
FROM store_paymentattempt t
WHERE t.created_at >= %s AND t.created_at < %s AND t.purpose = 'pay'{promises}{owners}
GROUP BY 1, 2, 3
"""
_RECOVERED = """
SELECT one.day, one.currency, one.gateway, COUNT(*), SUM(i.total_minor),
       COUNT(CASE WHEN i.status = 'paid' THEN 1 END),
       SUM(CASE WHEN i.status = 'paid' THEN i.total_minor ELSE 0 END)
FROM (
  SELECT DISTINCT {month} AS day, t.currency, t.gateway, {invoice} AS invoice
  FROM store_paymentattempt t, {each} AS named
  WHERE t.created_at >= %s AND t.created_at < %s AND t.purpose = 'pay'
    AND t.status = 'failed'{owners}) one
JOIN store_invoice i ON i.public_id = one.invoice
GROUP BY 1, 2, 3
"""
_REASONS = """
SELECT t.currency, t.error, COUNT(*), SUM(t.amount_minor)
FROM store_paymentattempt t
WHERE t.created_at >= %s AND t.created_at < %s AND t.purpose = 'pay' AND t.status = 'failed'{owners}
GROUP BY 1, 2
"""


class TriedMonth(NamedTuple):
    """Attempts of a month by one gateway in one currency; recovered ones are paid today."""

    month: date
    currency: str
    gateway: str
    tried: int
    succeeded: int
    failed: int
    failed_minor: int
    invoices: int = 0
    invoices_minor: int = 0
    recovered: int = 0
    recovered_minor: int = 0


def read_tried(
    since: datetime, until: datetime, sellers: Sequence[int] | None
) -> Iterator[TriedMonth]:
    """Attempts begun in a range of instants, by month (in UTC) and gateway.

    An invoice counts once for each month and gateway that it failed in.
    """
    pg = is_postgresql()
    month = (
        "date_trunc('month', t.created_at AT TIME ZONE 'UTC')"
        if pg
        else ("strftime('%%Y-%%m-01', t.created_at)")
    )
    owners = of_owners("t.account_id", sellers)
    sql = _RECOVERED.format(
        month=month,
        invoice="named.value" if not pg else "named",
        each="json_each(t.invoices)" if not pg else "json_array_elements_text(t.invoices::json)",
        owners=owners,
    )
    recovered = {(_month(key), *rest[:2]): rest[2:] for key, *rest in fetch(sql, [since, until])}
    counted = _COUNTED.format(month=month, promises=" AND NOT t.is_promise", owners=owners)
    for key, currency, gateway, *counts in fetch(counted, [since, until]):
        more = recovered.get((_month(key), currency, gateway), (0, 0, 0, 0))
        yield TriedMonth(_month(key), currency, gateway, *(int(one) for one in (*counts, *more)))


def read_reasons(
    since: datetime, until: datetime, sellers: Sequence[int] | None
) -> list[tuple[str, str, int, int]]:
    """Why attempts failed: currency, reason, how many, and minor units."""
    sql = _REASONS.format(owners=of_owners("t.account_id", sellers))
    return sorted(
        (currency, reason, int(count), int(minor))
        for currency, reason, count, minor in fetch(sql, [since, until])
    )


def _month(value: str | datetime) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value.date()
