"""The rows of the canonical export, with names in the place of keys."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from quarterday.store.queries.raw import days, fetch_by_ids
from quarterday.store.queries.stream import by_text, in_chunks, stream

Record = dict[str, Any]

_ACCOUNT = "COALESCE(a.external_id, a.name)"
_ITEM = (
    "COALESCE(s.external_id, '') || ' ' || r.code || '/' || n.code || '/' || p.code || ' ' || "
    "CAST({start} AS TEXT)"
)


def _rows(fields: str, sql: str, *params: Any) -> Iterator[tuple[Any, Record]]:
    """The rows of a query as its first column and a record; days become text."""
    names = fields.split()
    for key, *values in stream(days(sql), params):
        yield key, _record(names, values)


def _record(names: Sequence[str], values: Sequence[Any]) -> Record:
    return {
        name: str(value)
        if name.endswith(("_on", "_end", "_start", "through")) or name == "on"
        else value
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


def read_accounts(seller: str, key: int) -> Iterator[Record]:
    """Accounts with the day on which they are next to be billed."""
