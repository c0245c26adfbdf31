"""What Django needs to know about a database, read from one URL.

A single variable says where a business's data lies, so that the same command works on a laptop
with SQLite and on a server with PostgreSQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DEFAULT_URL = "sqlite:///quarterday.sqlite3"

_EXAMPLES = "sqlite:///quarterday.sqlite3 or postgresql://user:password@host:5432/name"

# INSERT OR REPLACE deletes rows; only recursive triggers let the guards of documents see that.
# WAL lets readers go on while one writes; NORMAL is durable against a crash of the program, and
# in WAL mode a power cut can lose the last commits but never tears the file.
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA recursive_triggers=ON;"
)


def parse_database_url(url: str) -> dict[str, Any]:
    """The entry of Django's ``DATABASES`` for a ``sqlite:`` or ``postgresql:`` URL.

    SQLite paths follow the usual rule: three slashes for a path relative to the working
    directory, four for an absolute one. Raises `ImproperlyConfigured` for anything else.
    """
    scheme, sign, _ = url.partition("://")
    if scheme == "sqlite":
        return _parse_sqlite(url)
    if scheme in {"postgresql", "postgres"}:
        return _parse_postgresql(url)
    # Anything else may hold a password where nobody looks for one, so none of it is repeated.
    start = f"starts with {scheme!r}, which" if sign and scheme.isalnum() else "is no URL, so it"
    raise ImproperlyConfigured(
        f"QUARTERDAY_DATABASE_URL {start} is no database Quarterday knows; use {_EXAMPLES}"
    )


def _parse_sqlite(url: str) -> dict[str, Any]:
    path = unquote(urlsplit(url).path).removeprefix("/")
    if not url.startswith("sqlite:///") or not path:
        raise ImproperlyConfigured(
            "QUARTERDAY_DATABASE_URL names no SQLite file; use sqlite:///quarterday.sqlite3 for "
            "one in the working directory, or four slashes and an absolute path"
        )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path if path == ":memory:" else str(Path(path).absolute()),
        "OPTIONS": {
            # Writers queue up at BEGIN instead of failing later, when they first write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": _SQLITE_PRAGMAS,
        },
    }


def _parse_postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            "QUARTERDAY_DATABASE_URL has a host or port that cannot be read; write signs such as "
            f"/ @ # [ in a password as %2F %40 %23 %5B, and use {_EXAMPLES}"
        ) from None
    if "%00" in url or not url.isprintable():
        raise ImproperlyConfigured("QUARTERDAY_DATABASE_URL holds a control character; remove it")
    # `urlsplit().hostname` is lower-cased, which would break a socket directory.
    credentials, _, place = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    host = place.removesuffix(f":{port}") if port is not None else place.removesuffix(":")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    name = unquote(parts.path.removeprefix("/")) or options.pop("dbname", "")
    if not name:
        raise ImproperlyConfigured(
            f"QUARTERDAY_DATABASE_URL names no database after the host; use {_EXAMPLES}"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": options.pop("user", unquote(user)),
        "PASSWORD": options.pop("password", unquote(password)),
        "HOST": options.pop("host", unquote(host).strip("[]")),
        "PORT": options.pop("port", str(port or "")),
        "OPTIONS": options,
    }
