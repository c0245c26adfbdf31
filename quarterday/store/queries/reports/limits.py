"""What keeps a report that somebody waits for from holding everybody up: a time, and few at once.

Whatever nobody waits for, such as a report that is mailed, has all the time that it needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from django.db import OperationalError, connection

from quarterday.core.errors import BillingError
from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch

# So many at once on one database; the server answers four requests at a time.
MOST = 2
# Whoever comes when all places are taken waits so long for one.
_PATIENCE, _PAUSE = 2.0, 0.1
# Any two numbers, which nothing else in the database locks.
_LOCK = 0x51444159
_CANCELLED = "57014"
_STEPS = 10_000

_places = BoundedSemaphore(MOST)


class HeldUp(BillingError):  # noqa: N818 - named for what it says
    """A report was not made, though nothing is wrong with what was asked."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Within it, reads of a report may take so long together, and few others go on beside.

    Call it in the report's view of the database. Raises `HeldUp`, saying what to do instead.
    """
    with _place(), (_time_postgresql if is_postgresql() else _time_sqlite)(seconds):
        yield


@contextmanager
def _place() -> Iterator[None]:
    """One of the places. Many processes share a PostgreSQL database, one has an SQLite file."""
    if is_postgresql():
        # Given back with the end of the transaction, whatever becomes of the process.
        if not _await(_lock_one):
            raise _busy()
        yield
        return
    if not _places.acquire(timeout=_PATIENCE):
        raise _busy()
    try:
        yield
    finally:
        _places.release()


def _lock_one() -> bool:
    return any(
        fetch("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, place])[0][0]
        for place in range(MOST)
    )


def _await(is_there: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE
    while not is_there():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


@contextmanager
def _time_postgresql(seconds: float) -> Iterator[None]:
    """Each statement may take what is left of the time; the server ends it."""
    end = time.monotonic() + seconds

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("ROLLBACK"):
            # Nothing else is heard after a statement that was ended.
            return run(sql, params, many, context)
        left = round((end - time.monotonic()) * 1000)
        if left <= 0:
            raise _late(seconds)
        connection.connection.execute(f"SET LOCAL statement_timeout = {left}")
        return run(sql, params, many, context)

    try:
        with connection.execute_wrapper(execute):
            yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _CANCELLED:
            raise _late(seconds) from error
        raise


@contextmanager
def _time_sqlite(seconds: float) -> Iterator[None]:
    """SQLite asks now and then whether to go on."""
    end = time.monotonic() + seconds
    connection.ensure_connection()
    bare = connection.connection
    bare.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if time.monotonic() > end:
            raise _late(seconds) from error
        raise
    finally:
        bare.set_progress_handler(None, 0)


def _late(seconds: float) -> HeldUp:
    return HeldUp(
        f"this takes longer than {seconds:g} seconds; ask for fewer days, or have it mailed or run "
        "`quarterday reports show`, which may take as long as it needs"
    )


def _busy() -> HeldUp:
    return HeldUp(
        f"{MOST} other reports are being made; try again in a moment, or have this one mailed"
    )
