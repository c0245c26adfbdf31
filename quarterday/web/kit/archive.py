"""ZIP files that are made while they are sent, so that they never fill memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

Member = tuple[str, Iterable[bytes]]


class _Pipe:
    """What `zipfile` writes to: it cannot be sought, and is emptied as it fills."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def stream_zip(members: Iterable[Member], now: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP file with members, each a name and its pieces, piece by piece."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, pieces in members:
            info = zipfile.ZipInfo(name, now.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    if taken := pipe.take():
                        yield taken
            yield pipe.take()
    yield pipe.take()
