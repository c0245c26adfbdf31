"""Make a backup: a whole copy at one moment, read again before it counts."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from quarterday import __version__
from quarterday.services.backup.archive import DATABASE, list_backups, name_backup, pack, unpack
from quarterday.services.backup.postgresql_dump import dump_database, prove_dump
from quarterday.services.backup.sqlite_copy import copy_database, prove_database
from quarterday.services.errors import Conflict
from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch


class Backup(NamedTuple):
    """A backup that was made; ``removed`` are older ones that went for it."""

    path: Path
    size: int
    facts: dict[str, Any]
    removed: list[Path]


def make_backup(*, folder: Path, now: datetime, keep: int = 0, with_secrets: bool = True) -> Backup:
    """Write a backup into a folder, and keep so many of the newest there (0 keeps all).

    The file appears whole, under its name, when it has proved to be readable. With
    ``with_secrets`` the file of the secret key is in it, without which links that are out and
    sealed secrets are lost. Raises `BillingError` when anything fails; older ones stay then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / name_backup(now)
    if target.exists():
        raise Conflict(f"{target.name} is there already")
    key = settings.SECRET_KEY_PATH
    facts = {
        "kind": connection.vendor,
        "made_at": now.isoformat(),
        "version": __version__,
        "migrations": _list_migrations(),
    }
    with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as name:
        draft, database = Path(name) / "backup", Path(name) / DATABASE
        if is_postgresql():
            dump_database(database)
        else:
            copy_database(Path(str(connection.settings_dict["NAME"])), database)
        pack(draft, database, facts, key if with_secrets and key.exists() else None)
        facts = prove_backup(draft)
        draft.rename(target)
    removed = []
    for _, path in list_backups(folder)[:-keep] if keep else ():
        path.unlink(missing_ok=True)
        removed.append(path)
    return Backup(target, target.stat().st_size, facts, removed)


def prove_backup(path: Path) -> dict[str, Any]:
    """Read a whole backup, database and all; what its manifest says.

    Raises `BillingError` for one that could not be restored.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".proof-") as name:
        facts = unpack(path, Path(name))
        if facts["kind"] == "postgresql":
            prove_dump(Path(name) / DATABASE)
        else:
            prove_database(Path(name) / DATABASE)
    return facts


def _list_migrations() -> list[str]:
    rows = fetch("SELECT name FROM django_migrations WHERE app = 'store' ORDER BY name")
    return [str(row[0]) for row in rows]
