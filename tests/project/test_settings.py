"""What the settings promise about connections, and that tests get databases of their own."""

import sqlite3

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.databases import Databases

MIGRATIONS = "SELECT count(*) FROM django_migrations WHERE app = 'store'"


@pytest.mark.django_db
def test_sqlite_is_set_up_for_money(database_kind: str) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 30_000}
    assert connection.vendor == database_kind
    if database_kind == "sqlite":
        with connection.cursor() as cursor:
            found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
        assert found == wanted


@pytest.mark.django_db
def test_queries_are_not_kept_in_memory() -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert not settings.DEBUG
    assert not connection.queries


def test_fresh_databases_are_migrated_and_apart(databases: Databases) -> None:
    first, second = databases.create(), databases.create()
    execute(first, "DELETE FROM django_migrations")
    assert execute(first, MIGRATIONS) == 0
    assert execute(second, MIGRATIONS) >= 1
    databases.drop(first)
    databases.drop(second)


def execute(url: str, statement: str) -> int:
    """The first number of what a statement says on a database."""
    path = url.removeprefix("sqlite:///")
    with sqlite3.connect(path) if path != url else psycopg.connect(url) as database:
        cursor = database.execute(statement)
        return int(cursor.fetchone()[0]) if cursor.description else 0


def test_the_tables_of_workers_are_for_postgresql(database_kind: str) -> None:

    is_there = "procrastinate.contrib.django" in settings.INSTALLED_APPS
    assert is_there is (database_kind == "postgresql")
