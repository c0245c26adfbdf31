"""Opening text in the encoding that it is in, so that one bad row can be told from the rest."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from quarterday.core.errors import BillingError

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
        name = codecs.lookup(encoding).name
    except LookupError:
        raise BillingError(
            f"[source] encoding {encoding!r} is unknown; use utf-8, utf-8-sig, latin-1 or cp1252"
        ) from None
    # Half of all spreadsheets begin with a byte order mark without anybody knowing.
    name = "utf-8-sig" if name == "utf-8" else name
    try:
        file = path.open(encoding=name, errors="surrogateescape", newline="")
    except OSError as error:
        raise BillingError(f"{path} cannot be read ({error.strerror}); check its rights") from None
    with file:
        yield file


def has_foreign_bytes(text: str) -> bool:
    """Whether some bytes were not of the encoding."""
    return not text.isascii() and any("\udc80" <= one <= "\udcff" for one in text)
