"""What a backup is: one file, only its owner's to read, with the database and what it is.

A gzipped tar with ``manifest.json``, ``database`` (an SQLite file or a dump of PostgreSQL) and,
unless left out, ``secret-key``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tarfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quarterday.core.errors import BillingError

MANIFEST, DATABASE, KEY = "manifest.json", "database", "secret-key"
_FORMAT = 1
_NAME = re.compile(r"quarterday-(\d{8}T\d{6}Z)\.tar\.gz")
# Dumps of PostgreSQL are compressed already, and of SQLite most of the gain is there at once.
_LEVEL = 1
_CHUNK = 1 << 20


def name_backup(now: datetime) -> str:
    """The name of a backup, by its instant."""
    return f"quarterday-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz"


def list_backups(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups of a folder by their names, the oldest first."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            at = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            found.append((at, path))
    return sorted(found)


def hash_file(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(target: Path, database: Path, facts: dict[str, Any], key: Path | None) -> None:
    """Write a backup; it is on the disk when this returns."""
    manifest = facts | {
        "format": _FORMAT,
        "sha256": hash_file(database),
        "bytes": database.stat().st_size,
        "has_key": key is not None,
    }
    note = database.with_name(MANIFEST)
    note.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with (
            gzip.GzipFile("", "wb", _LEVEL, raw) as zipped,
            tarfile.open(fileobj=zipped, mode="w|") as tar,
        ):
            tar.add(note, MANIFEST, filter=_make_plain)
            tar.add(database, DATABASE, filter=_make_plain)
            if key is not None:
                tar.add(key, KEY, filter=_make_plain)
        raw.flush()
        os.fsync(raw.fileno())


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into a folder, and prove that it is whole; what its manifest says.

    Raises `BillingError` for what is no backup, or a damaged one.
    """
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                if member.name in (MANIFEST, DATABASE, KEY) and member.isfile():
                    _copy_out(tar, member, folder / member.name)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        is_whole = manifest["sha256"] == hash_file(folder / DATABASE)
    except FileNotFoundError as error:
        if error.filename == str(path):
            raise
        raise BillingError(f"{path.name} is no backup of Quarterday") from None
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, KeyError) as error:
        raise BillingError(f"{path.name} is damaged, or no backup of Quarterday: {error}") from None
    if not is_whole:
        raise BillingError(f"{path.name} is damaged: the database in it is not what was saved")
    if manifest.get("format") != _FORMAT:
        raise BillingError(f"{path.name} was made by a newer program; update this one first")
    return manifest


def _copy_out(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    assert source is not None
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _make_plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member that tells nothing of the machine it comes from."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
