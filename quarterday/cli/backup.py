"""``quarterday backup`` and ``quarterday restore``: a whole copy of the data, and back again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json, read_clock
from quarterday.cli.output import note, print_json, say


def backup_command(
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="The folder; by default QUARTERDAY_BACKUP_DIR."),
    ] = None,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="Keep so many of the newest; 0 keeps all.")
    ] = 0,
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave the file of the secret key out.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Prove the books of the copy, too; on PostgreSQL in a database made for that.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a whole copy of the data while others work, and prove that it can be read.

    The file can be read by its owner only. It holds customers' data and, unless left out, the
    secret key: keep it as you keep the database.
    """
    from django.conf import settings

    from quarterday.services.backup.make_backup import make_backup

    folder = to or settings.BACKUP_DIR or Path("backups")
    done = make_backup(
        folder=folder.absolute(), now=read_clock(), keep=keep, with_secrets=not without_secrets
    )
    offences = _check(done.path) if check else None
    if as_json:
        facts = {"file": str(done.path), "bytes": done.size, "removed": len(done.removed)}
        print_json(facts | {"has_key": done.facts["has_key"], "offences": offences})
    else:
        say(f"Wrote {done.path} ({done.size:,} bytes), and read it again: it is whole.")
        if offences is not None:
            say(
                f"The books in it have {offences:,} offences."
                if offences
                else "Its books are right."
            )
        if done.removed:
            say(f"Removed {len(done.removed)} older ones.")
    if done.facts["has_key"]:
        note("The secret key is in it: whoever has the file can make links and sign in.")
    elif not os.environ.get("QUARTERDAY_SECRET_KEY"):
        note("The secret key is not in it; keep the file of the key elsewhere, or links are lost.")
    else:
        note("The secret key comes from the environment and is not in it; keep that elsewhere.")
    if offences:
        raise typer.Exit(ExitCode.OFFENCES)


def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of a database that is in use.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Restore a backup into the database that QUARTERDAY_DATABASE_URL names, whole or not at all.

    Stop the web server and the workers first. What is replaced of SQLite is kept under another
    name.
    """
    from quarterday.services.backup.restore_backup import restore_backup

    done = restore_backup(path=file.absolute(), now=read_clock(), replace=replace)
    if as_json:
        print_json({"made_at": done.facts["made_at"], "kept": [str(path) for path in done.kept]})
        return
    say(f"Restored what was there on {done.facts['made_at']}.")
    for path in done.kept:
        say(f"Kept what was replaced as {path}; remove it when all is well.")
    if done.has_key and os.environ.get("QUARTERDAY_SECRET_KEY"):
        note("QUARTERDAY_SECRET_KEY is set and wins over the key of the backup.")
    say("Next: quarterday init    bring it up to date with this program")
    say("      quarterday check   prove the books")


def _check(path: Path) -> int:
    """How many offences the books of a copy have; proved by a process of its own."""
    from quarterday.services.backup.archive import DATABASE, unpack
    from quarterday.services.backup.postgresql_dump import restore_aside
    from quarterday.store.bulk import is_postgresql

    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".check-") as name:
        unpack(path, Path(name))
        database = Path(name) / DATABASE
        if not is_postgresql():
            return _count_offences(f"sqlite:///{database}")
        with restore_aside(database) as other:
            return _count_offences(_name_beside(os.environ["QUARTERDAY_DATABASE_URL"], other))


def _name_beside(url: str, database: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "dbname"]
    # A server without a name, on this machine, still needs the slashes; `urlunsplit` drops them.
    return f"{parts.scheme}://{parts.netloc}/{database}?{urlencode(query)}".removesuffix("?")


def _count_offences(url: str) -> int:
    from quarterday.core.errors import BillingError

    done = subprocess.run(
        [sys.executable, "-m", "quarterday", "check", "--json"],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (ExitCode.DONE, ExitCode.OFFENCES):
        raise BillingError(f"the books of the copy cannot be proved: {done.stderr.strip()}")
    return len(json.loads(done.stdout)["offences"])
