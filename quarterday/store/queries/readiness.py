"""Whether the database can be worked with, and in plain words why not."""

from __future__ import annotations

import pkgutil
from pathlib import Path

from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from quarterday.core.errors import BillingError
from quarterday.store import migrations
from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch


class NotReady(BillingError):  # noqa: N818 - named for what it says
    """The database is missing, or it and this program are of different versions."""


def check_readiness() -> None:
    """Raise `NotReady` with the remedy unless every migration was run; one or two quick queries."""
    place = describe_database()
    if is_empty_place() or "django_migrations" not in connection.introspection.table_names():
        raise NotReady(f"there is no Quarterday database at {place}; make one: quarterday init")
    rows = fetch("SELECT name FROM django_migrations WHERE app = 'store'")
    ran, known = {str(row[0]) for row in rows}, migration_names()
    if known - ran:
        raise NotReady(
            f"the database at {place} is older than this program; bring it up to date: "
            "quarterday init"
        )
    if ran - known:
        raise NotReady(f"the database at {place} is newer than this program; update the program")


def check_workers_tables() -> None:
    """Raise `NotReady` unless the tables of workers, which only PostgreSQL has, are up to date."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady(
            f"the tables of the workers at {describe_database()} are older than this program; "
            "bring them up to date: quarterday init"
        )


def migration_names() -> set[str]:
    """The migrations that this program has."""
    return {module.name for module in pkgutil.iter_modules(migrations.__path__)}


def is_empty_place() -> bool:
    """Whether there is no SQLite file yet; looking by connecting would make an empty one."""
    name = str(connection.settings_dict["NAME"])
    if is_postgresql() or name == ":memory:":
        return False
    return not Path(name).exists()


def describe_database() -> str:
    """Where the data lies, for people: a file, or a name and host without the password."""
    settings = connection.settings_dict
    name = str(settings["NAME"])
    if is_postgresql():
        return f"{name} on {settings['HOST'] or 'this machine'}"
    path = Path(name)
    return path.name if path.parent == Path.cwd() else name


def explain_database_error(error: DatabaseError) -> str | None:
    """What is wrong with the database in plain words; None for what is a fault of the program."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    for signs, words in _KNOWN_ERRORS.items():
        if any(sign in text for sign in signs):
            return words.format(place=describe_database(), text=text)
    if isinstance(error, OperationalError):
        return f"the database at {describe_database()} cannot be used: {text}"
    return None


_KNOWN_ERRORS = {
    ("database is locked",): (
        "the database at {place} is in use by another process and stayed so for 30 seconds; "
        "nothing was changed by what waited, try again"
    ),
    ("not a database",): "{place} is a file, but no SQLite database; name another one",
    ("unable to open",): (
        "{place} cannot be opened; its folder must exist and be writable, or set "
        "QUARTERDAY_DATABASE_URL to another place"
    ),
    ("disk I/O error", "disk is full", "No space left"): (
        "the disk of {place} is full or cannot be written ({text}); what was committed until now "
        "stands, make room and do it again"
    ),
    ("invalid connection option",): "QUARTERDAY_DATABASE_URL has an {text}; leave it out",
}
