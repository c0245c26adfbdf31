"""Small helpers for reads that must not build a model object for each of a million rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection


def days(sql: str) -> str:
    """A query with each ``[column]`` read as a day for `quarterday.store.bulk.to_day`.

    On SQLite the plus sign hides the column's type, because Django would parse each date anew.
    """
    plus = "" if connection.vendor == "postgresql" else "+"
    return sql.replace("[", plus).replace("]", "")


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def fetch_by_ids(sql: str, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query whose ``{ids}`` is a condition on a list of keys.

    The keys are written into the statement, which is safe because they are integers and lets
    both databases use their index; long lists are split.
    """
    for start in range(0, len(ids), 5000):
        listed = ",".join(str(int(one)) for one in ids[start : start + 5000])
        yield from fetch(sql.format(ids=f"IN ({listed})"))


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement for each row of values."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
