"""Dumps of a PostgreSQL database, made and restored by PostgreSQL's own programs."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.postgresql.client import DatabaseClient

from quarterday.core.errors import BillingError

# Ticks of workers: what is due stands in the other tables.
_WORTHLESS = "procrastinate_*"
# Within one transaction: all of it happens, or nothing. Nobody is waited for without end.
_CLEAR = b"SET lock_timeout = '20s';\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


def dump_database(target: Path) -> None:
    """Dump the database as it is at one moment; nobody waits meanwhile."""
    args, env = _connect("pg_dump")
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _run([args[0], *options, f"--exclude-table-data={_WORTHLESS}", *args[1:]], env)


def prove_dump(path: Path) -> None:
    """Read a whole dump; raises `BillingError` for one that is damaged."""
    _run([find_program("pg_restore"), "--file=/dev/null", str(path)], os.environ.copy())


def restore_dump(path: Path, database: str = "") -> None:
    """Replace all that is in the database, or another one beside it, or change nothing."""
    args, env = _connect("psql", database)
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    reader = [find_program("pg_restore"), "--file=-", "--no-owner", "--no-privileges", str(path)]
    with (
        subprocess.Popen(reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as source,
        subprocess.Popen(
            [args[0], *options, "--output=/dev/null", "--file=-", *args[1:]],
            env=env,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as sink,
    ):
        assert source.stdout and sink.stdin and sink.stderr and source.stderr
        try:
            sink.stdin.write(_CLEAR)
            shutil.copyfileobj(source.stdout, sink.stdin)
            if source.wait() != 0:
                # An end of what is sent would be taken for the end of the dump, and be kept.
                sink.kill()
                raise BillingError(f"the dump cannot be read: {_first(source.stderr.read())}")
            sink.stdin.close()
        except BrokenPipeError:
            source.kill()
        if sink.wait() != 0:
            said = _first(sink.stderr.read())
            raise BillingError(f"PostgreSQL refused; nothing was changed: {said}")


@contextmanager
def restore_aside(path: Path) -> Iterator[str]:
    """The name of a new database on the same server that holds a dump, while it is looked at.

    Raises `BillingError` where the server's role may make no databases.
    """
    name = f"quarterday_check_{secrets.token_hex(8)}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    except DatabaseError as error:
        role = connection.settings_dict["USER"] or "the role"
        raise BillingError(
            f"a copy to prove cannot be made: {error}; let {role} make databases (ALTER ROLE ... "
            "CREATEDB), or restore the backup elsewhere and say: quarterday check"
        ) from None
    try:
        restore_dump(path, name)
        yield name
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def find_program(name: str) -> str:
    """Where a program of PostgreSQL is; raises `BillingError` with the remedy."""
    found = shutil.which(name)
    if found is None:
        raise BillingError(
            f"{name} is not on the PATH; install PostgreSQL's client programs (on Debian "
            "postgresql-client), of the server's version or newer"
        )
    return found


def _connect(program: str, database: str = "") -> tuple[list[str], dict[str, str]]:
    """The program with how to reach the database or another, as Django's own shell is called."""
    place = connection.settings_dict | ({"NAME": database} if database else {})
    args, env = DatabaseClient.settings_to_cmd_args_env(place, [])
    return [find_program(program), *args[1:]], os.environ | (env or {})


def _run(command: Sequence[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    if done.returncode:
        said = _first(done.stderr)
        if "version mismatch" in said:
            said += "; install the client programs of the server's version"
        raise BillingError(f"{Path(command[0]).name} failed: {said}")


def _first(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower()]
    return " ".join((wrong or lines or ["without a word"])[:2])
