"""How what was owed was settled, day by day: by money, by credit, by credit notes, or given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import day_number, of_sellers

_SETTLED = """
SELECT [a."on"], i.currency,
       CASE WHEN a.payment_id IS NOT NULL THEN 'payment'
            WHEN a.grant_id IS NOT NULL THEN 'credit' ELSE 'credit_note' END,
       SUM(a.amount_minor),
       SUM(a.amount_minor * {age}),
       SUM(CASE WHEN a."on" > i.due_on THEN a.amount_minor * {late} ELSE 0 END),
       SUM(CASE WHEN a."on" <= i.due_on THEN a.amount_minor ELSE 0 END)
FROM store_allocation a JOIN store_invoice i ON i.id = a.invoice_id
WHERE a."on" >= %s AND a."on" < %s{sellers}
GROUP BY 1, 2, 3
"""
_GIVEN_UP = """
SELECT [e."on"], p.currency, -SUM(p.amount_minor)
FROM store_invoice i
{reversals}
JOIN store_journalentry e ON e.source = {source}.public_id AND e.kind = 'write_off'
JOIN store_posting p ON p.entry_id = e.id AND p.amount_minor < 0
WHERE i.status = 'written_off' AND e."on" >= %s AND e."on" < %s{sellers}
GROUP BY 1, 2
"""
# By a write-off, and by what took money back of what was written off.
_GIVEN_UP_BY = {
    "i": "",
    "a": "JOIN store_allocation a ON a.invoice_id = i.id AND a.amount_minor < 0",
}


class SettledDay(NamedTuple):
    """What settled invoices on a day. ``by`` is payment, credit, credit_note or write_off.

    ``age`` and ``late`` are minor units times days since the issue and since the due date;
    ``on_time_minor`` came until the due date.
    """

    day: date
    currency: str
    by: str
    amount_minor: int
    age: int = 0
    late: int = 0
    on_time_minor: int = 0


def read_settled(period: Period, sellers: Sequence[int] | None) -> Iterator[SettledDay]:
    """What settled invoices in a period; what was taken back counts below zero."""
    span = [to_column(period.start), to_column(period.end)]
    scope = of_sellers("i.seller_id", sellers)
    sql = _SETTLED.format(
        age=day_number('a."on"', "i.issued_on"),
        late=day_number('a."on"', "i.due_on"),
        sellers=scope,
    )
    for day, currency, by, *sums in fetch(days(sql), span):
        yield SettledDay(to_day(day), currency, by, *(int(one) for one in sums))
    for source, join in _GIVEN_UP_BY.items():
        sql = _GIVEN_UP.format(source=source, reversals=join, sellers=scope)
        for day, currency, minor in fetch(days(sql), span):
            yield SettledDay(to_day(day), currency, "write_off", int(minor))
