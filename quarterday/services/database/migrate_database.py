"""Make the database's tables, or bring them up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.readiness import is_empty_place

# Any number does, as long as it stays the same.
_LOCK = 6021


def migrate_database() -> list[str]:
    """Run every migration that was not yet run; their names, none when all is up to date.

    On PostgreSQL machines that start at once wait for one another. A new SQLite file can be read
    by its owner only: it holds the names and debts of customers.
    """
    if is_empty_place():
        # SQLite gives its other files the rights of this one. Whether it can be made at all is
        # for SQLite to say.
        with suppress(OSError):
            Path(str(connection.settings_dict["NAME"])).touch(mode=0o600)
    with _one_at_a_time():
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not is_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
