"""The ledger as CSV: one row for each posting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, format_minor
from quarterday.store.queries.exports.cells import CsvWriter
from quarterday.store.queries.exports.ledger import find_sellers, read_entries
from quarterday.store.queries.stream import one_view

COLUMNS = (
    "entry date seller kind reference ledger_account account account_name currency amount memo"
).split()


def export_ledger_csv(
    write: Callable[[str], object],
    *,
    first: date | None = None,
    last: date | None = None,
    sellers: Sequence[str] | None = None,
) -> int:
    """Write the postings from ``first`` to ``last``, both included; how many entries there were.

    ``entry`` counts the entries of this export, so that the rows of one belong together. Amounts
    are in currency units, debits positive. Raises `BillingError` for a seller that there is not,
    and for a range that ends before it begins.
    """
    if first and last and last < first:
        raise BillingError(f"the range ends on {last}, before it begins on {first}")
    rows, number = CsvWriter(write), 0
    rows.row(COLUMNS)
    with one_view():
        for number, entry in enumerate(read_entries(find_sellers(sellers), first, last), 1):
            for one in entry.postings:
                rows.row(
                    (
                        number,
                        entry.on,
                        entry.seller,
                        entry.kind,
                        entry.reference,
                        one.ledger_account,
                        one.account,
                        one.account_name,
                        one.currency,
                        format_minor(one.amount_minor, currency(one.currency)),
                        entry.memo,
                    )
                )
    return number
