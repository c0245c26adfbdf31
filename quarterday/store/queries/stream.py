"""Reading more rows than fit in memory, from one consistent view of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from quarterday.store.bulk import is_postgresql

Item = TypeVar("Item")

_CHUNK = 2000

# Every row is going to be read, so plans that are quick to the first rows only are no help.
_BEGIN_POSTGRESQL = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL cursor_tuple_fraction = 1"
)
# Big sorts go to a file instead of memory; a deferred transaction lets writers go on.
_BEGIN_SQLITE = ("PRAGMA temp_store = FILE", "BEGIN")


@contextmanager
def one_view() -> Iterator[None]:
    """Within it, every read sees the database as it was at the first; nobody else waits.

    Inside a transaction that is already open it adds nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    postgresql = is_postgresql()
    with connection.cursor() as cursor:
        for statement in (_BEGIN_POSTGRESQL,) if postgresql else _BEGIN_SQLITE:
            cursor.execute(statement)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
            if not postgresql:
                cursor.execute("PRAGMA temp_store = MEMORY")


def stream(sql: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a few thousand in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def in_chunks(items: Iterable[Item], size: int = _CHUNK) -> Iterator[list[Item]]:
    """Lists of at most ``size`` items, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def by_text(column: str) -> str:
    """A text column to order by, so that both databases agree: by code point."""
    return f'{column} COLLATE "C"' if is_postgresql() else column
