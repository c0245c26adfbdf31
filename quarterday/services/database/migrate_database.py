"""Make the database's tables, or bring them up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quarterday.store.bulk import is_postgresql

# Any number does, as long as it stays the same.
_LOCK = 6021


def migrate_database() -> list[str]:
    """Run every migration that was not yet run; their names, none when all is up to date.

    On PostgreSQL machines that start at once wait for one another.
    """
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
