"""Sets the tests up on SQLite or PostgreSQL, whichever ``QUARTERDAY_TEST_DATABASE`` says.

pytest's main process makes one folder (and one PostgreSQL server in it) for the whole run and
tells the xdist workers by environment variables; it takes both away again whatever happens.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
import pytest_django

from quarterday.ports.clock import VARIABLE as NOW
from quarterday.project.database import parse_database_url
from tests.databases import Databases, sqlite_url, start_postgresql
from tests.zygote import Zygote

FOLDER = "QUARTERDAY_TEST_FOLDER"
DATABASE_URL = "QUARTERDAY_DATABASE_URL"
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
IN_CI = os.environ.get("CI") == "true"

# The machine is shared with other tests, so a slow example proves nothing.
hypothesis.settings.register_profile("quarterday", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("quarterday")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=os.environ.get("QUARTERDAY_TEST_DATABASE", "sqlite"),
        help="the database to test on; by default $QUARTERDAY_TEST_DATABASE, or sqlite",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.help:
        return
    if not hasattr(config, "workerinput"):
        _prepare_run(config)
    os.environ["DJANGO_SETTINGS_MODULE"] = "quarterday.project.settings"
    from django.conf import settings

    # Read now, so that pytest-django sets Django up next.
    assert settings.DATABASES


def _prepare_run(config: pytest.Config) -> None:
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        # The settings were read already, with another database in them.
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the tests set it themselves")
    # Being told to stop must not leave a server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))
    folder = Path(tempfile.mkdtemp(prefix="quarterday-test-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ[FOLDER] = str(folder)
    os.environ["QUARTERDAY_SECRET_KEY"] = "only for tests"
    os.environ["QUARTERDAY_ENV"] = "test"
    if config.option.database == "sqlite":
        os.environ[DATABASE_URL] = sqlite_url(folder / "unused.sqlite3")
    else:
        os.environ[DATABASE_URL], stop = start_postgresql(folder / "postgresql")
        config.add_cleanup(stop)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what can only be tried on the other database; begin with what takes longest."""
    other = "postgresql" if config.option.database == "sqlite" else "sqlite"
    left = [item for item in items if item.get_closest_marker(f"{other}_only")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    items.sort(key=lambda item: "stories" not in item.path.parts)


def pytest_report_header(config: pytest.Config) -> str:
    return f"quarterday: testing on {config.option.database}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _refuse_skip((yield))


def _refuse_skip(report: Report) -> Report:
    """In CI everything that a test needs is there, so one that skips has found something broken."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as a failure in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``."""
    return str(request.config.option.database)


@pytest.fixture(scope="session")
def databases(database_kind: str) -> Databases:
    """Makes new migrated databases for tests that need several."""
    on_server = database_kind == "postgresql"
    return Databases(Path(os.environ[FOLDER]), os.environ[DATABASE_URL] if on_server else None)


@pytest.fixture(scope="session")
def django_db_setup(
    databases: Databases, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Tests of one process share a database too, copied instead of migrated again."""
    from django.db import connection

    url = databases.create()
    connection.settings_dict["NAME"] = parse_database_url(url)["NAME"]
    yield
    with django_db_blocker.unblock():
        connection.close()
    databases.drop(url)


@pytest.fixture
def make_database(databases: Databases) -> Iterator[Callable[[], str]]:
    """Call it for the URL of a new, migrated, empty database; all are dropped after the test."""
    urls: list[str] = []

    def make() -> str:
        urls.append(databases.create())
        return urls[-1]

    yield make
    for url in urls:
        databases.drop(url)


@pytest.fixture
def fresh_database_url(make_database: Callable[[], str]) -> str:
    """The URL of a new, migrated, empty database, for tests that start real processes."""
    return make_database()


@pytest.fixture
def command_environment() -> Callable[[str], dict[str, str]]:
    """The environment of a command on a database.

    A clock that a test has set goes on from one command to the next, as time does: what one has
    made due, the next finds due.
    """
    set_at: dict[str, float] = {}

    def make(url: str) -> dict[str, str]:
        env = os.environ | {DATABASE_URL: url, "COLUMNS": "120", "NO_COLOR": "1"}
        if NOW in env:
            passed = time.monotonic() - set_at.setdefault(env[NOW], time.monotonic())
            env[NOW] = (datetime.fromisoformat(env[NOW]) + timedelta(seconds=passed)).isoformat()
        return env

    return make


@pytest.fixture
def run_quarterday(
    tmp_path: Path, command_environment: Callable[[str], dict[str, str]]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``quarterday ARGUMENTS`` on a database as a real process and wait for it.

    Fails unless the process ends with the ``status`` that is expected.
    """

    def run(url: str, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "quarterday", *arguments],
            env=command_environment(url),
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, (
            f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done

    return run


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """What runs commands without importing everything for each."""
    server = Zygote(tmp_path_factory.mktemp("zygote"))
    yield server
    server.stop()


@pytest.fixture
def run_command(
    zygote: Zygote, tmp_path: Path, command_environment: Callable[[str], dict[str, str]]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``quarterday ARGUMENTS`` on a database, as ``run_quarterday`` does, and quicker."""

    def run(url: str, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = zygote.run(arguments, command_environment(url), tmp_path)
        assert done.returncode == status, (
            f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done

    return run
