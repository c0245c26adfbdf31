"""Copies of an SQLite database, taken while others work on it, and put in its place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from quarterday.core.errors import BillingError

_PATIENCE = 30


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment; writers go on meanwhile."""
    with (
        closing(sqlite3.connect(source, timeout=_PATIENCE)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)
        # One file without a log beside it, whoever opens it.
        copy.execute("PRAGMA journal_mode=DELETE")


def prove_database(path: Path) -> list[str]:
    """Read a whole database, and give the migrations that it has.

    Raises `BillingError` for one that SQLite finds damaged, or whose rows do not fit together.
    """
    try:
        with closing(sqlite3.connect(path)) as copy:
            (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
            lost = copy.execute("PRAGMA foreign_key_check").fetchone()
            rows = copy.execute("SELECT name FROM django_migrations WHERE app = 'store'")
            ran = sorted(row[0] for row in rows)
    except sqlite3.DatabaseError as error:
        said, lost, ran = str(error), None, []
    if said != "ok" or lost is not None:
        raise BillingError(f"the copy is damaged: {said if lost is None else lost}")
    return ran


def take_alone(path: Path) -> None:
    """Bring a database into one file; raises `BillingError` while anybody else has it open."""
    with closing(sqlite3.connect(path, timeout=2)) as database:
        try:
            (mode,) = database.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            mode = "wal"
    if mode != "delete":
        raise BillingError(
            f"{path.name} is in use; stop the web server and the worker, then restore again"
        )
