"""What discounts took off invoices, by code and month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import is_postgresql, to_column, to_day
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import of_sellers

# A line names each discount and what it took, as `quarterday.core.invoice` explains it.
_TAKEN = """
SELECT [d.issued_on], d.currency, COALESCE({code}, ''), COUNT(DISTINCT d.id), COUNT(*),
       SUM(l.gross_minor), SUM(COALESCE({minor}, l.discount_minor))
FROM store_invoiceline l JOIN store_invoice d ON d.id = l.invoice_id
LEFT JOIN {each} ON 1 = 1
WHERE l.discount_minor <> 0 AND d.issued_on >= %s AND d.issued_on < %s{sellers}
GROUP BY d.issued_on, d.currency, {code}
"""


class TakenDay(NamedTuple):
    """What a discount took off on a day. ``gross_minor`` is what its lines were before it."""

    day: date
    currency: str
    code: str
    invoices: int
    lines: int
    gross_minor: int
    taken_minor: int


def read_taken(period: Period, sellers: Sequence[int] | None) -> Iterator[TakenDay]:
    """Discounts on invoices by day and code; "" is what was settled without one, as by hand."""
    if is_postgresql():
        each = "LATERAL json_array_elements(l.explanation::json -> 'discounts') AS one"
        code, minor = "one.value ->> 0", "(one.value ->> 1)::bigint"
    else:
        each = "json_each(l.explanation, '$.discounts') AS one"
        code, minor = "(one.value ->> 0)", "(one.value ->> 1)"
    sql = _TAKEN.format(
        code=code, minor=minor, each=each, sellers=of_sellers("d.seller_id", sellers)
    )
    span = [to_column(period.start), to_column(period.end)]
    for day, currency, name, *sums in fetch(days(sql), span):
        yield TakenDay(to_day(day), currency, name, *(int(one) for one in sums))
