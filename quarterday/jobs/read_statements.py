"""Read the bank statements that somebody, or the bank's client, put into a folder."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.ports.statement import LARGEST
from quarterday.services.bank.import_file import ImportedFile, import_file
from quarterday.services.bank.match_lines import match_lines
from quarterday.store.models import BankAccount, Seller

FOLDER = "QUARTERDAY_STATEMENTS"
DONE, REFUSED, REASON = "done", "refused", ".reason.txt"
# A file that was changed this lately may still be written.
SETTLED_SECONDS = 60
_UNFINISHED = (".part", ".filepart", ".tmp", ".temp", ".crdownload", ".swp", REASON)
_log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    """A file to read, and whose it is; in a folder of an account, it can be of no other."""

    path: Path
    seller: Seller
    account: BankAccount | None


class ReadStatements:
    """Reads ``$QUARTERDAY_STATEMENTS/SELLER/FILE`` and ``…/SELLER/ACCOUNT/FILE``.

    What was read moves to ``done/`` beside it, what cannot be read to ``refused/`` with the reason
    in a file of its own. A worker that dies reads the file again, which adds nothing twice.
    """

    name: ClassVar[str] = "read_statements"
    every: ClassVar[timedelta] = timedelta(minutes=1)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Read what is waiting; how many files, new lines and refused files there were."""
        folder = os.environ.get(FOLDER, "")
        if not folder:
            return {}
        found = {"files": 0, "lines": 0, "refused": 0}
        for waiting in list(_list_waiting(Path(folder))):
            try:
                _read(waiting, found)
            except Exception:
                # One file that cannot be opened or moved, or that breaks, must not keep the others.
                _log.exception("bank statement %s was not read or put away", _show(waiting.path))
        return found if any(found.values()) else {}


def _list_waiting(folder: Path) -> Iterator[_Waiting]:
    for seller in Seller.objects.order_by("code"):
        place = folder / seller.code
        if place.parent != folder or not _is_folder(place):
            continue
        yield from (_Waiting(path, seller, None) for path in _list_files(place))
        for account in BankAccount.objects.filter(seller=seller).order_by("code"):
            if account.code in (DONE, REFUSED):
                continue
            found = _list_files(place / account.code)
            yield from (_Waiting(path, seller, account) for path in found)


def _list_files(folder: Path) -> list[Path]:
    """The files of a folder that are complete, by name; links and hidden files are left alone."""
    if not _is_folder(folder):
        return []
    with os.scandir(folder) as entries:
        files = [
            entry
            for entry in entries
            if entry.is_file(follow_symlinks=False)
            and not entry.name.startswith((".", "~"))
            and not entry.name.lower().endswith(_UNFINISHED)
        ]
    if not files:
        return []
    latest = _read_clock_of(folder) - SETTLED_SECONDS
    return [
        folder / entry.name
        for entry in sorted(files, key=lambda one: one.name)
        if entry.stat(follow_symlinks=False).st_mtime <= latest
    ]


def _is_folder(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def _read_clock_of(folder: Path) -> float:
    """What time it is where the files are: another machine's clock, or not a moved one."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".clock-") as probe:
        return Path(probe.name).stat().st_mtime


def _read(waiting: _Waiting, found: dict[str, int]) -> None:
    path = waiting.path
    try:
        content = _read_whole(path)
        if content is None:
            return
        done = import_file(
            seller=waiting.seller,
            content=content,
            name=_show(path),
            bank_account=waiting.account,
            now=read_now(),
            actor="job read_statements",
        )
    except BillingError as error:
        found["refused"] += 1
        _log.warning("bank statement %s was refused: %s", _show(path), error)
        _move(path, REFUSED, str(error))
        return
    found["files"] += 1
    found["lines"] += sum(one.new for one in done.statements)
    _move(path, DONE)
    _match(waiting.seller, done)


def _show(path: Path) -> str:
    """The name of a file as text, whatever bytes the bank's client made it of."""
    return path.name.encode("utf-8", "replace").decode()


def _read_whole(path: Path) -> bytes | None:
    """The content of a file; None when it goes away or changes meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        if before.st_size > LARGEST:
            raise BillingError(
                f"{_show(path)} has {before.st_size:,} bytes, more than the {LARGEST:,} that are "
                "read; get it from the bank in shorter periods"
            )
        content = file.read(LARGEST + 1)
        after = os.fstat(descriptor)
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return content if same and len(content) == after.st_size else None


def _move(path: Path, where: str, reason: str = "") -> None:
    """Put a file away under a name that is free; the reason first, so that it is never alone."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    if not _is_folder(folder):
        _log.error("%s is no folder; the statement %s stays where it is", folder, path.name)
        return
    target, number = folder / path.name, 1
    while target.exists() or target.is_symlink():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    try:
        if reason:
            note = target.with_name(target.name + REASON)
            note.write_text(reason + "\n", encoding="utf-8")
        path.rename(target)
    except FileNotFoundError:
        # Another worker was quicker; it has put the file away.
        return


def _match(seller: Seller, done: ImportedFile) -> None:
    """Find what the new lines are for; the daily job does it again, should this fail."""
    accounts = {one.row.bank_account_id: one.row.bank_account for one in done.statements if one.new}
    for account in accounts.values():
        now = read_now()
        match_lines(bank_account=account, today=local_date(now, seller.time_zone), now=now)
