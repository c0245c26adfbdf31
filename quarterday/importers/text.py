"""Opening text in the encoding that it is in, so that one bad row can be told from the rest."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from quarterday.core.errors import BillingError

# More than any row has; a file without line ends must not fill the memory.
MOST_IN_LINE = 1 << 20

# The reason and the remedy of a row that is not of the encoding.
BAD_BYTES = (
    "has bytes that are not of the encoding of the file",
    'say which it has in the [source] of the mapping, such as encoding = "latin-1"',
)


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """The text of a file; bytes that are not of the encoding become lone surrogates.

    A byte order mark is dropped. Raises `BillingError` for an unknown encoding or file.
    """
    try:
        known = codecs.lookup(encoding)
    except (LookupError, ValueError):
        known = None
    if known is None or not _is_text(known):
        raise BillingError(
            f"[source] encoding {encoding!r} is unknown; use utf-8, utf-8-sig, latin-1 or cp1252"
        )
    # Half of all spreadsheets begin with a byte order mark without anybody knowing.
    name = "utf-8-sig" if known.name == "utf-8" else known.name
    try:
        file = path.open(encoding=name, errors="surrogateescape", newline="")
    except OSError as error:
        raise BillingError(f"{path} cannot be read ({error.strerror}); check its rights") from None
    with file:
        yield file


def _is_text(codec: codecs.CodecInfo) -> bool:
    """Whether an encoding is one that files of people are in."""
    try:
        # Some codecs make bytes of bytes, and some cannot go on after a byte that is not theirs.
        text, _ = codec.decode("No,Name".encode(codec.name), "surrogateescape")
    except (LookupError, ValueError):
        return False
    return text == "No,Name"


def read_lines(file: TextIO) -> Iterator[str | None]:
    """The lines of a file; None for one that is longer than any row has a right to be."""
    is_inside = False
    while line := file.readline(MOST_IN_LINE):
        was_inside, is_inside = is_inside, len(line) == MOST_IN_LINE and line[-1] not in "\r\n"
        if not was_inside:
            yield None if is_inside else line


def has_foreign_bytes(text: str) -> bool:
    """Whether some bytes were not of the encoding."""
    return not text.isascii() and any("\udc80" <= one <= "\udcff" for one in text)
