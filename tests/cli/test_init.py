"""Making the database, and every other command where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Run
from tests.databases import sqlite_url


@pytest.fixture
def empty_url(tmp_path: Path, database_kind: str, make_database: Callable[[], str]) -> str:
    """The URL of a database without any table: on SQLite not even a file."""
    if database_kind == "sqlite":
        return sqlite_url(tmp_path / "new.sqlite3")
    url = make_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


def test_init_twice_is_harmless_and_says_what_is_next(empty_url: str, run_quarterday: Run) -> None:
    first = run_quarterday(empty_url, "init").stdout
    assert first.startswith("Made the database")
    assert "Next: quarterday load" in first
    assert "nothing was changed" in run_quarterday(empty_url, "init").stdout
    again = json.loads(run_quarterday(empty_url, "init", "--json").stdout)
    assert again["migrations"] == []
    assert "The books are right" in run_quarterday(empty_url, "check").stdout


@pytest.mark.parametrize("command", ["run", "check", "accounts list", "export all"])
def test_without_a_database_the_remedy_is_named(
    empty_url: str, run_quarterday: Run, command: str, tmp_path: Path
) -> None:
    done = run_quarterday(empty_url, *command.split(), status=3)
    assert "quarterday init" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
    # Looking must not make an empty file.
    assert not list(tmp_path.iterdir())


def test_nobody_else_can_read_a_new_file(tmp_path: Path, run_quarterday: Run) -> None:
    path = tmp_path / "new.sqlite3"
    run_quarterday(sqlite_url(path), "init")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_of_another_version_is_not_worked_with(
    fresh_database_url: str, run_quarterday: Run, execute: Callable[[str, str], None]
) -> None:
    execute(
        fresh_database_url,
        "UPDATE django_migrations SET name = '0999_later' "
        "WHERE app = 'store' AND name = '0001_initial'",
    )
    assert "quarterday init" in run_quarterday(fresh_database_url, "check", status=3).stderr
    execute(
        fresh_database_url,
        "INSERT INTO django_migrations (app, name, applied) "
        "SELECT app, '0001_initial', applied FROM django_migrations WHERE name = '0999_later'",
    )
    said = run_quarterday(fresh_database_url, "check", status=3).stderr
    assert "newer than this program" in said


def test_a_place_that_cannot_hold_a_database_is_said_in_plain_words(
    tmp_path: Path, run_quarterday: Run
) -> None:
    nowhere = run_quarterday(sqlite_url(tmp_path / "no" / "such.sqlite3"), "init", status=3)
    assert "its folder must exist" in nowhere.stderr
    (tmp_path / "text.sqlite3").write_text("This is no database at all. " * 100)
    no_database = run_quarterday(sqlite_url(tmp_path / "text.sqlite3"), "check", status=3)
    assert "no SQLite database" in no_database.stderr
    unreachable = run_quarterday("postgresql://127.0.0.1:1/bills", "check", status=3)
    assert "bills on 127.0.0.1" in unreachable.stderr
    for done in (nowhere, no_database, unreachable):
        assert "Traceback" not in done.stderr


def test_a_locked_database_is_said_in_plain_words() -> None:
    # What SQLite says after waiting for thirty seconds.
    from django.db import OperationalError

    from quarterday.store.queries.readiness import explain_database_error

    said = explain_database_error(OperationalError("database is locked"))
    assert said is not None
    assert "in use by another process" in said
