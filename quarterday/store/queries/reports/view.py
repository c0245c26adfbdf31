"""One consistent view of the database to add up from, with room to sort and to hash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from django.db import connection

from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.reports.limits import limited
from quarterday.store.queries.stream import one_view

# Compiling a plan takes longer than most of these take, 4 MB hash no million rows, and few rows
# come back from many, so that several processes are worth it.
_ROOM = """
SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL hash_mem_multiplier = 2;
SET LOCAL parallel_setup_cost = 100; SET LOCAL parallel_tuple_cost = 0.01
"""


@contextmanager
def report_view(seconds: float | None = None) -> Iterator[None]:
    """Within it all reads see the same books, and may use memory as reports need it.

    Raises `HeldUp` where it takes longer than ``seconds``, or too many others are at it.
    """
    with one_view():
        if is_postgresql():
            with connection.cursor() as cursor:
                cursor.execute(_ROOM)
        with nullcontext() if seconds is None else limited(seconds):
            yield


def of_sellers(column: str, sellers: Sequence[int] | None) -> str:
    """The condition on a column with keys of sellers, to follow others; empty for all.

    >>> of_sellers("d.seller_id", [7, 8]), of_sellers("d.seller_id", None)
    (' AND d.seller_id IN (7,8)', '')
    """
    if sellers is None:
        return ""
    return f" AND {column} IN ({','.join(str(int(key)) for key in sellers) or 'NULL'})"


def of_owners(column: str, sellers: Sequence[int] | None) -> str:
    """The same for a column with keys of accounts.

    >>> of_owners("p.account_id", [7])
    ' AND p.account_id IN (SELECT id FROM store_account WHERE seller_id IN (7))'
    """
    if sellers is None:
        return ""
    inner = of_sellers("seller_id", sellers).removeprefix(" AND ")
    return f" AND {column} IN (SELECT id FROM store_account WHERE {inner})"


def day_number(later: str, earlier: str) -> str:
    """The days between two date columns, in the dialect of the database."""
    if is_postgresql():
        return f"({later} - {earlier})"
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


def place_of(column: str, bounds: Sequence[str], sign: str = "<") -> str:
    """Which part of a range a date column is in: 0 before ``bounds``, their count after the last.

    The bounds are ISO dates of ours, so they may stand in the statement. With the sign ``<=`` a
    part holds its end and not its first day, as exclusive ends are counted.
    """
    if is_postgresql():
        # It looks for the part by halves, where a case would try them one by one; `_date` is an
        # array of dates without brackets, which `raw.days` takes for its own.
        listed = "{" + ",".join(bounds) + "}"
        day = f"({column})::date" if sign == "<" else f"({column})::date - 1"
        return f"width_bucket({day}, '{listed}'::_date)"
    cases = " ".join(f"WHEN {column} {sign} '{bound}' THEN {n}" for n, bound in enumerate(bounds))
    return f"CASE {cases} ELSE {len(bounds)} END"
