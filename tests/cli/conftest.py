"""A small shop, filled once and copied for each test, and the command run on it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.databases import Databases

Run = Callable[..., subprocess.CompletedProcess[str]]


class Shop:
    """A copy of the shop of `tests.cli.make_shop`."""

    def __init__(self, url: str, run: Run) -> None:
        self.url = url
        self._run = run

    def __call__(self, line: str, *more: str, status: int = 0) -> str:
        """Run the words of a line, then further arguments; what was said on standard output."""
        return self._run(self.url, *line.split(), *more, status=status).stdout

    def refuses(self, line: str, *more: str, status: int = 5) -> str:
        """Run what is to be refused; what was said on standard error."""
        said = self._run(self.url, *line.split(), *more, status=status).stderr
        assert "Traceback" not in said
        return said

    def data(self, line: str, *more: str, status: int = 0) -> Any:
        """Run with ``--json``; the data."""
        return json.loads(self(line, *more, "--json", status=status))

    def books(self) -> str:
        """All documents and the ledger."""
        return self("export all")


@pytest.fixture(scope="session")
def shop_url(databases: Databases) -> Iterator[str]:
    """The database to be copied and left alone."""
    url = databases.create()
    environment = os.environ | {"QUARTERDAY_DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "tests.cli.make_shop"], env=environment, check=True)
    yield url
    databases.drop(url)


@pytest.fixture
def shop(databases: Databases, shop_url: str, run_command: Run) -> Iterator[Shop]:
    """A shop of the test's own."""
    url = databases.copy(shop_url)
    yield Shop(url, run_command)
    databases.drop(url)


@pytest.fixture
def execute(database_kind: str) -> Callable[[str, str], None]:
    """Run a statement on a database behind the back of Quarterday."""

    def run(url: str, statement: str) -> None:
        if database_kind == "sqlite":
            with closing(sqlite3.connect(urlsplit(url).path.removeprefix("/"))) as connection:
                connection.execute(statement)
                connection.commit()
        else:
            with psycopg.connect(url, autocommit=True) as server:
                server.execute(statement)

    return run
