"""What was invoiced and credited, by day; advances are no revenue and stand apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.check.documents import ADVANCES, KINDS
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import of_sellers

_ISSUED = """
SELECT [d.issued_on], d.currency, COUNT(*), SUM(d.net_minor), SUM(d.tax_minor), SUM(d.total_minor)
FROM {table} d
WHERE d.issued_on >= %s AND d.issued_on < %s AND {own}{sellers}
GROUP BY d.issued_on, d.currency
"""


class IssuedDay(NamedTuple):
    """Documents of a day in one currency. A credit note's amounts are below zero."""

    day: date
    currency: str
    kind: str
    number: int
    net_minor: int
    tax_minor: int
    total_minor: int


def read_issued(
    period: Period, sellers: Sequence[int] | None, *, advances: bool = False
) -> Iterator[IssuedDay]:
    """Invoices and credit notes by day, or those that tax credit in advance."""
    span = [to_column(period.start), to_column(period.end)]
    for kind in ADVANCES if advances else KINDS:
        sql = _ISSUED.format(
            table=kind.table, own=kind.own, sellers=of_sellers("d.seller_id", sellers)
        )
        for day, currency, count, *sums in fetch(days(sql), span):
            net, tax, total = (kind.sign * int(one) for one in sums)
            yield IssuedDay(to_day(day), currency, kind.name, int(count), net, tax, total)
