"""Attempts to be paid that failed, and what became of the invoices they were for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import is_postgresql, to_day
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_owners
from quarterday.store.queries.reports.zones import Zone, add_alike, month_in, split_by_zone

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


class Reason(NamedTuple):
    """Attempts of one currency that failed for one reason."""

    currency: str
    reason: str
    number: int
    amount_minor: int


def read_tried(period: Period, sellers: Sequence[int] | None) -> list[TriedMonth]:
    """Attempts begun in a range of days of their seller, by month and gateway.

    An invoice counts once for each month and gateway that it failed in.
    """
    return add_alike(
        (row for zone in split_by_zone(period, sellers) for row in _read_zone(zone)), keys=3
    )


def _read_zone(zone: Zone) -> Iterator[TriedMonth]:
    pg = is_postgresql()
    month = month_in("t.created_at", zone.name)
    owners = of_owners("t.account_id", zone.sellers)
    sql = _RECOVERED.format(
        month=month,
        invoice="named.value" if not pg else "named",
        each="json_each(t.invoices)" if not pg else "json_array_elements_text(t.invoices::json)",
        owners=owners,
    )
    span = [zone.since, zone.until]
    recovered = {(to_day(key), *rest[:2]): rest[2:] for key, *rest in fetch(sql, span)}
    counted = _COUNTED.format(month=month, promises=" AND NOT t.is_promise", owners=owners)
    for key, currency, gateway, *counts in fetch(counted, span):
        more = recovered.get((to_day(key), currency, gateway), (0, 0, 0, 0))
        yield TriedMonth(to_day(key), currency, gateway, *(int(one) for one in (*counts, *more)))


def read_reasons(period: Period, sellers: Sequence[int] | None) -> list[Reason]:
    """Why attempts failed, in order of currency and reason."""
    found = (
        Reason(currency, error, int(count), int(minor))
        for zone in split_by_zone(period, sellers)
        for currency, error, count, minor in fetch(
            _REASONS.format(owners=of_owners("t.account_id", zone.sellers)),
            [zone.since, zone.until],
        )
    )
    return sorted(add_alike(found, keys=2))
