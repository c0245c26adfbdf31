"""All documents and the ledger as JSON lines: the same facts are always the same bytes.

Nothing in it depends on the clock, on chance or on the order of writing: no instants, no public
ids, no database keys. So two runs can be compared by comparing two files, whatever interrupted
them and whichever database they used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from quarterday.store.fields import dump_data
from quarterday.store.queries.exports.canonical_documents import (
    read_credit_notes,
    read_invoices,
    read_journal,
)
from quarterday.store.queries.exports.canonical_rows import (
    Record,
    read_accounts,
    read_grants,
    read_items,
    read_payments,
    read_refunds,
)
from quarterday.store.queries.exports.ledger import find_sellers
from quarterday.store.queries.stream import one_view

# Public ids hold the time and chance; only what kind of thing they name is a fact.
_CHANCE = re.compile(r"_[0-9a-f]{32}\b")

# Which document got which number depends on who was faster, when two runs share the work.
_NUMBERED = ("label", "number", "reference", "invoice", "memo", "document", "line")


def export_all(
    write: Callable[[str], object], *, sellers: Sequence[str] | None = None, numbers: bool = True
) -> int:
    """Write every document and every entry in canonical order; how many lines there were.

    Without ``numbers`` the documents' numbers are left out, for comparing runs that shared their
    work. Raises `BillingError` for the code of a seller that there is not.
    """
    count = 0
    with one_view():
        for seller, key in find_sellers(sellers).items():
            for name, records, order in _parts(key, numbers):
                for line in _sort_lines(
                    {"record": name, "seller": seller}, records, order, numbers
                ):
                    write(line)
                    count += 1
    return count


def _parts(seller: int, numbers: bool) -> Iterator[tuple[str, Iterator[Record], str]]:
    """What is written of a seller: its name, its records, and the fields that they come by."""
    document = "series number" if numbers else "issued_on"
    yield "account", read_accounts(seller), "account"
    yield "item", read_items(seller), "account"
    yield "invoice", read_invoices(seller, numbers), document
    yield "credit_note", read_credit_notes(seller, numbers), document
    yield "payment", read_payments(seller), "received_on"
    yield "refund", read_refunds(seller), "refunded_on"
    yield "grant", read_grants(seller), "granted_on"
    yield "entry", read_journal(seller), "on kind reference" if numbers else "on kind"


def _sort_lines(
    head: Record, records: Iterable[Record], order: str, numbers: bool
) -> Iterator[str]:
    """Records that come ordered by some fields, fully ordered by all that they say.

    Only those that agree in these fields are in memory at once, such as those of one day.
    """
    fields = order.split()
    for _, group in groupby(records, key=lambda record: [record[field] for field in fields]):
        lines = [_line(head | record, numbers) for record in group]
        lines.sort()
        yield from lines


def _line(record: Record, numbers: bool) -> str:
    data = record if numbers else _without_numbers(record)
    return _CHANCE.sub("", dump_data(data)) + "\n"


def _without_numbers(data: Any) -> Any:
    """Data without the fields that name a numbered document, wherever they stand."""
    if isinstance(data, dict):
        return {key: _without_numbers(value) for key, value in data.items() if key not in _NUMBERED}
    if isinstance(data, list):
        return [_without_numbers(value) for value in data]
    return data
