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
from quarterday.store.queries.exports.canonical_rows import (
    read_accounts,
    read_credit_notes,
    read_grants,
    read_invoices,
    read_items,
    read_journal,
    read_payments,
    read_refunds,
)
from quarterday.store.queries.exports.ledger import find_sellers
from quarterday.store.queries.stream import one_view

Record = dict[str, Any]

# Public ids hold the time and chance; only what kind of thing they name is a fact.
_PUBLIC_ID = re.compile(r"\b([a-z]{3})_[0-9abcdefghjkmnpqrstvwxyz]{26}\b")

# What is read, with the fields that its rows come in the order of.
_PARTS: tuple[tuple[str, Callable[[str, int], Iterator[Record]], tuple[str, ...]], ...] = (
    ("account", read_accounts, ("account",)),
    ("item", read_items, ("account",)),
    ("invoice", read_invoices, ("issued_on",)),
    ("credit_note", read_credit_notes, ("issued_on",)),
    ("payment", read_payments, ("received_on",)),
    ("refund", read_refunds, ("refunded_on",)),
    ("grant", read_grants, ("granted_on",)),
    ("entry", read_journal, ("on", "kind")),
)
# Which document got which number depends on who was faster, when two runs share the work.
_NUMBERED = ("label", "number", "reference", "invoice", "memo", "document")


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
            for name, read, order in _PARTS:
                for line in _sort_lines(name, read(seller, key), order, numbers):
                    write(line)
                    count += 1
    return count


def _sort_lines(
    name: str, records: Iterable[Record], order: Sequence[str], numbers: bool
) -> Iterator[str]:
    """Records that come ordered by some fields, fully ordered by all that they say.

    Only those that agree in these fields are in memory at once, such as those of one day.
    """
    for _, group in groupby(records, key=lambda record: [record[field] for field in order]):
        lines = [_line(name, record, numbers) for record in group]
        lines.sort()
        yield from lines


def _line(name: str, record: Record, numbers: bool) -> str:
    data = record if numbers else _without_numbers(record)
    return _PUBLIC_ID.sub(r"\1", dump_data({"record": name, **data})) + "\n"


def _without_numbers(data: Any) -> Any:
    """Data without the fields that name a numbered document, wherever they stand."""
    if isinstance(data, dict):
        return {key: _without_numbers(value) for key, value in data.items() if key not in _NUMBERED}
    if isinstance(data, list):
        return [_without_numbers(value) for value in data]
    return data
