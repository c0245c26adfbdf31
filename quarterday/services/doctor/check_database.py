"""The database: its version, its tables, and room to grow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, connection

from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.readiness import (
    NotReady,
    check_readiness,
    check_workers_tables,
    describe_database,
    explain_database_error,
)

_AREA = "database"
_OLDEST_POSTGRESQL = 15
_LITTLE, _TOO_LITTLE = 1 << 30, 100 << 20
_SKEW = timedelta(seconds=5)


def check_database(visit: Visit) -> Iterator[Finding]:
    """How the database is; nothing but the first line when it cannot be worked with."""
    try:
        check_readiness()
    except NotReady as error:
        text, _, remedy = str(error).rpartition("; ")
        yield bad(_AREA, text, remedy)
        return
    except DatabaseError as error:
        said = explain_database_error(error) or str(error)
        yield bad(_AREA, said, "let QUARTERDAY_DATABASE_URL name a database that answers")
        return
    yield from _check_postgresql(visit) if is_postgresql() else _check_sqlite()


def _check_postgresql(visit: Visit) -> Iterator[Finding]:
    version = int(fetch("SHOW server_version_num")[0][0]) // 10000
    text = f"PostgreSQL {version}: {describe_database()}"
    if version < _OLDEST_POSTGRESQL:
        yield bad(_AREA, text, f"use PostgreSQL {_OLDEST_POSTGRESQL} or newer")
    else:
        yield ok(_AREA, text)
    try:
        check_workers_tables()
    except NotReady as error:
        yield bad(_AREA, str(error), "quarterday init")
    # A clock that somebody moved on purpose says nothing about the machine's.
    skew = abs(fetch("SELECT clock_timestamp()")[0][0] - visit.now)
    if skew > _SKEW and not visit.is_moved:
        yield warn(
            "clock",
            f"this machine and the database's differ by {int(skew.total_seconds())} s",
            "let both take their time from the network (NTP)",
        )


def _check_sqlite() -> Iterator[Finding]:
    path = Path(str(connection.settings_dict["NAME"]))
    (mode,) = fetch("PRAGMA journal_mode")[0]
    (version,) = fetch("SELECT sqlite_version()")[0]
    text = f"SQLite {version}: {describe_database()}, {path.stat().st_size:,} bytes"
    if mode == "wal":
        yield ok(_AREA, text)
    else:
        yield warn(
            _AREA,
            f"{text}, journal mode {mode}: pages wait while a run writes",
            "keep the file on a local disk, where SQLite can use WAL",
        )
    free = shutil.disk_usage(path.parent).free
    room = f"{free >> 20:,} MB are free where the database lies"
    if free < max(_TOO_LITTLE, path.stat().st_size // 10):
        yield bad("disk", room, "make room, or move the database")
    elif free < _LITTLE:
        yield warn("disk", room, "make room before it is full")
    else:
        yield ok("disk", room)
