"""Damages books behind the back of the guards, as a bad script or a broken disk would."""

from __future__ import annotations

from typing import Any

from django.db import connection

_GUARDED = (
    "journalentry posting invoice invoiceline invoicetax creditnote creditnoteline "
    "creditnotetax allocation creditdeduction refund"
).split()


def remove_guards() -> None:
    """Take away what would refuse the damage, until the transaction is rolled back.

    Call `restore_checks` after that.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            for table in _GUARDED:
                for name in ("frozen", "kept"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS store_{table}_{name}")
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint "
            "WHERE contype IN ('c', 'x') AND conrelid::regclass::text LIKE 'store_%'"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def restore_checks() -> None:
    """Heed the constraints again: SQLite leaves them out for as long as the connection lasts."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def damage(sql: str, *params: Any) -> None:
    """Run a statement that changes at least one row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount > 0, "this damages nothing"
