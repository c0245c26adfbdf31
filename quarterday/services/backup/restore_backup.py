"""Put a backup in the place of the database: all of it, or nothing."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from quarterday.core.errors import BillingError
from quarterday.services.backup.archive import DATABASE, KEY, unpack
from quarterday.services.backup.postgresql_dump import prove_dump, restore_dump
from quarterday.services.backup.sqlite_copy import prove_database, take_alone
from quarterday.services.errors import Conflict
from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Seller, User
from quarterday.store.queries.readiness import (
    describe_database,
    is_empty_place,
    migration_names,
)


class Restored(NamedTuple):
    """What was restored; ``kept`` are files that were replaced, under their new names."""

    facts: dict[str, Any]
    kept: list[Path]
    has_key: bool


def restore_backup(*, path: Path, now: datetime, replace: bool = False) -> Restored:
    """Restore a backup; raises `BillingError`, and changes nothing, when anything is wrong.

    A database that holds sellers or users is replaced only when that is said. An SQLite file
    that is replaced, and a secret key, are kept under another name.
    """
    is_used = _is_used()
    if is_used and not replace:
        raise Conflict(
            f"the database {describe_database()} is in use; add --replace to put the backup in its "
            "place, or let QUARTERDAY_DATABASE_URL name a new one"
        )
    connection.close()
    place = path.parent if is_postgresql() else Path(str(connection.settings_dict["NAME"])).parent
    with tempfile.TemporaryDirectory(dir=place, prefix=".restore-") as name:
        folder = Path(name)
        facts = unpack(path, folder)
        _check_fits(facts)
        key = folder / KEY
        _check_key(key, replace)
        mark = f".replaced-{now:%Y%m%dT%H%M%SZ}"
        if is_postgresql():
            prove_dump(folder / DATABASE)
            restore_dump(folder / DATABASE)
            kept = []
        else:
            prove_database(folder / DATABASE)
            kept = _put_file(folder / DATABASE, mark if is_used else "")
        has_key = key.exists()
        if has_key:
            kept += _put_key(key, mark)
    return Restored(facts, kept, has_key)


def _is_used() -> bool:
    """Whether there is anything in the database that somebody could miss."""
    if is_empty_place():
        return False
    tables = set(connection.introspection.table_names())
    known = {Seller._meta.db_table, User._meta.db_table}
    if not known <= tables:
        return bool(tables)
    return Seller.objects.exists() or User.objects.exists()


def _check_fits(facts: dict[str, Any]) -> None:
    if facts["kind"] != connection.vendor:
        raise BillingError(
            f"this is a backup of {facts['kind']}, and QUARTERDAY_DATABASE_URL names "
            f"{connection.vendor}"
        )
    if unknown := set(facts["migrations"]) - migration_names():
        raise BillingError(
            f"this backup is of a newer program, which has {min(unknown)}; update this one first"
        )


def _check_key(key: Path, replace: bool) -> None:
    """Refuse to change the key of an installation unless that is said."""
    mine: Path = settings.SECRET_KEY_PATH
    if key.exists() and mine.exists() and not replace and key.read_bytes() != mine.read_bytes():
        raise Conflict(
            f"the backup has another secret key than {mine.name}; add --replace to take it over"
        )


def _put_file(source: Path, mark: str) -> list[Path]:
    """Put the file of the database in its place in one step."""
    target, kept = Path(str(connection.settings_dict["NAME"])), []
    if target.exists():
        take_alone(target)
        if mark:
            kept.append(target.with_name(target.name + mark))
            kept[0].hardlink_to(target)
    source.replace(target)
    _sync(target.parent)
    return kept


def _put_key(source: Path, mark: str) -> list[Path]:
    target: Path = settings.SECRET_KEY_PATH
    kept = []
    if target.exists() and target.read_bytes() != source.read_bytes():
        kept.append(target.with_name(target.name + mark))
        target.rename(kept[0])
    if not target.exists():
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(source.read_bytes())
            os.fsync(descriptor)
    return kept


def _sync(folder: Path) -> None:
    """Have the new name on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
