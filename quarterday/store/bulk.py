"""Writing many rows at once: COPY on PostgreSQL, INSERT of many rows on SQLite.

Rows are tuples in the order of the columns; values are what the database keeps: integers, text,
dates. Django's ORM would spend ten times the work of the rest of an invoice on each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, cast

from django.db import connection, models

# Rows that share one INSERT on SQLite; more make the statement longer and nothing faster.
_TOGETHER = 50


def is_postgresql() -> bool:
    """Whether the database in use is PostgreSQL."""
    return connection.vendor == "postgresql"


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows into a model's table, within the transaction that is open.

    On SQLite fifty rows share a statement, which takes a third less time than executemany.
    Raises Django's ``IntegrityError`` where a constraint refuses.
    """
    if is_postgresql():
        copy_rows(model, columns, rows)
        return
    whole = len(rows) - len(rows) % _TOGETHER
    # Django would turn every %s of the long statement into a question mark, each time anew.
    statement = _insert_statement(model, columns, _TOGETHER).replace("%s", "?")
    connection.ensure_connection()
    with connection.wrap_database_errors:
        execute = connection.connection.execute
        for start in range(0, whole, _TOGETHER):
            execute(statement, list(chain.from_iterable(rows[start : start + _TOGETHER])))
    execute_each(model, columns, rows[whole:])


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows by COPY; PostgreSQL only."""
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    statement = f"COPY {table} ({names}) FROM STDIN"
    # Django wraps the errors of `execute`, but not those of `copy`.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def execute_each(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows by executemany, one statement for each."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_insert_statement(model, columns, 1), rows)


def _insert_statement(model: type[models.Model], columns: Sequence[str], count: int) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES {', '.join([marks] * count)}"


def compare_and_set(
    model: type[models.Model], column: str, kind: str, rows: Sequence[tuple[int, Any, Any]]
) -> int:
    """Move a column of many rows from an old value to a new one; count those that were moved.

    ``rows`` are (id, old, new); ``kind`` is the column's PostgreSQL type. A row whose column no
    longer holds the old value stays as it is, and is not counted: somebody else got there first.
    """
    if not rows:
        return 0
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if is_postgresql():
            ids, olds, news = (list(values) for values in zip(*rows, strict=True))
            cursor.execute(
                f"UPDATE {table} SET {column} = v.new "
                f"FROM unnest(%s::bigint[], %s::{kind}[], %s::{kind}[]) AS v(id, old, new) "
                f"WHERE {table}.{key} = v.id AND {table}.{column} IS NOT DISTINCT FROM v.old",
                [ids, olds, news],
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} IS %s",
                [(new, row_id, old) for row_id, old, new in rows],
            )
        return int(cursor.rowcount)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Keys for rows about to be written, in rising order, that nobody else will get.

    On SQLite the caller holds the write lock, so the next free keys stay free until it commits.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The sequence knows of rows that are gone, the table of rows that a restored file brought.
        cursor.execute(
            f"SELECT max(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), "
            f"COALESCE((SELECT max(id) FROM {table}), 0))",
            [table],
        )
        (last,) = cursor.fetchone()
        return list(range(last + 1, last + 1 + count))


@lru_cache(maxsize=16384)
def to_column(day: date) -> str:
    """A date as SQLite keeps it and PostgreSQL reads it."""
    return day.isoformat()


@lru_cache(maxsize=16384)
def _parse_day(text: str) -> date:
    return date.fromisoformat(text)


def to_day(value: Any) -> date:
    """A date column of a raw query: text on SQLite, a date on PostgreSQL."""
    return _parse_day(value) if isinstance(value, str) else cast(date, value)
