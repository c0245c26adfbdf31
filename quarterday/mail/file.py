"""Mails as files in a folder, for trying: each is written once, under its Message-ID."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.mail.mime import write_mail
from quarterday.ports.mailer import Answer, Outcome, Parcel, Session, Unreachable


class FileTransport:
    """A folder in which every mail program can open what would have been sent."""

    name: ClassVar[str] = "file"
    channels: ClassVar[tuple[str, ...]] = ("mail",)

    def open_session(self, options: Mapping[str, Any]) -> AbstractContextManager[Session]:
        """Make the folder. Raises `Unreachable` when it cannot be written."""
        return _open(options)


@contextmanager
def _open(options: Mapping[str, Any]) -> Iterator[Session]:
    folder = Path(options["folder"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreachable(f"the folder {folder} cannot be written: {error.strerror}") from None
    yield _FileSession(folder, options)


class _FileSession:
    def __init__(self, folder: Path, options: Mapping[str, Any]) -> None:
        self.folder, self.options = folder, options

    def send(self, parcel: Parcel) -> Outcome:
        try:
            content = write_mail(parcel, self.options.get("dkim", {}))
        except (ValueError, BillingError) as error:
            return Outcome(Answer.REFUSED, reason=f"it cannot be written as a mail: {error}")
        path = self.folder / f"{parcel.key.partition('@')[0]}.eml"
        try:
            path.write_bytes(content)
        except OSError as error:
            return Outcome(Answer.DEFERRED, reason=str(error))
        return Outcome(Answer.SENT, reason=path.name)
