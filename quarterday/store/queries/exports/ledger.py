"""The book, entry by entry, as every form of export reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.store.bulk import to_column, to_day
from quarterday.store.models import Seller
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.stream import stream

_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


class PostingRow(NamedTuple):
    """One posting: minor units, debit positive. ``account`` is the external id or public id."""

    ledger_account: str
    account: str
    account_name: str
    currency: str
    amount_minor: int


class EntryRow(NamedTuple):
    """An entry of a seller's book with its postings in the order in which they were written."""

    seller: str
    on: date
    kind: str
    reference: str
    memo: str
    postings: tuple[PostingRow, ...]


class Balance(NamedTuple):
    """The sum of the postings of a ledger account in one currency, in minor units."""

    seller: str
    ledger_account: str
    currency: str
    amount_minor: int


_ENTRIES = """
SELECT e.id, [e."on"], e.kind, e.reference, e.memo, l.code,
       COALESCE(a.external_id, a.public_id, ''), COALESCE(a.name, ''), p.currency, p.amount_minor
FROM store_journalentry e
JOIN store_posting p ON p.entry_id = e.id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
LEFT JOIN store_account a ON a.id = p.account_id
WHERE e.seller_id = %s AND e."on" >= %s AND e."on" <= %s
ORDER BY e."on", e.id, p.id
"""
_BALANCES = """
SELECT l.code, p.currency, SUM(p.amount_minor)
FROM store_journalentry e
JOIN store_posting p ON p.entry_id = e.id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
WHERE e.seller_id = %s AND e."on" <= %s
GROUP BY l.code, p.currency
"""
_SPAN = 'SELECT MIN("on"), MAX("on") FROM store_journalentry WHERE seller_id = %s'


def find_sellers(codes: Sequence[str] | None) -> dict[str, int]:
    """Sellers' keys by code, in order of code; all of them without ``codes``.

    Raises `BillingError` for a code that no seller has.
    """
    known = dict(sorted(Seller.objects.values_list("code", "id")))
    for code in codes or ():
        if code not in known:
            raise BillingError(
                f"there is no seller {code!r}; there are {', '.join(known) or 'none at all'}"
            )
    return {code: key for code, key in known.items() if codes is None or code in codes}


def find_span(sellers: Sequence[int]) -> tuple[date, date] | None:
    """The first and the last day with an entry of these sellers; None when there is none."""
    found = [row for seller in sellers for row in fetch(_SPAN, [seller]) if row[0] is not None]
    if not found:
        return None
    return min(to_day(first) for first, _ in found), max(to_day(last) for _, last in found)


def read_entries(
    sellers: dict[str, int], first: date | None = None, last: date | None = None
) -> Iterator[EntryRow]:
    """Entries from ``first`` to ``last``, both included, by seller, day and order of writing."""
    span = [to_column(first or _FIRST), to_column(last or _LAST)]
    for seller, key in sellers.items():
        rows = stream(days(_ENTRIES), [key, *span])
        for _, group in groupby(rows, key=lambda row: row[0]):
            lines = list(group)
            _, on, kind, reference, memo, *_ = lines[0]
            postings = tuple(PostingRow(*line[5:]) for line in lines)
            yield EntryRow(seller, to_day(on), kind, reference, memo, postings)


def read_balances(sellers: dict[str, int], last: date | None = None) -> list[Balance]:
    """What each ledger account holds in each currency at the end of a day, in order of names."""
    return [
        Balance(seller, code, currency, int(total))
        for seller, key in sellers.items()
        for code, currency, total in sorted(fetch(_BALANCES, [key, to_column(last or _LAST)]))
    ]
