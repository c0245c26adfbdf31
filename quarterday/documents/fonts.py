"""The fonts of documents, and which characters they have.

FiraGO comes as a package (Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari, Georgian);
Chinese and Japanese characters lie in ``fonts/``. A folder named by ``QUARTERDAY_FONTS`` adds to
them. Fonts of the system are never used, so that a document is the same wherever it is made.
"""

from __future__ import annotations

import atexit
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pymupdf_fonts  # type: ignore[import-untyped]

FAMILIES = ("FiraGO", "Noto Sans SC")
OWN = Path(__file__).parent / "fonts"
_PACKAGED = {"FiraGO-Regular.ttf": "figo", "FiraGO-Bold.ttf": "figbo"}


def list_families() -> list[str]:
    """The families in the order in which a character is looked for."""
    more = os.environ.get("QUARTERDAY_FONT_FAMILIES", "")
    return [*FAMILIES, *filter(None, map(str.strip, more.split(",")))]


@cache
def work_folder() -> Path:
    """A folder of this process, gone when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="quarterday-documents-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


@cache
def find_folders() -> tuple[Path, ...]:
    """Where typst finds the fonts; those of the package are unpacked once for each process."""
    folder = work_folder() / "fonts"
    folder.mkdir()
    for name, code in _PACKAGED.items():
        (folder / name).write_bytes(pymupdf_fonts.fontbuffers[code]())
    more = os.environ.get("QUARTERDAY_FONTS")
    return (folder, OWN, *([Path(more)] if more else []))


def _remove(folder: Path, owner: int) -> None:
    """At the end of the process that made it; one forked from it leaves it alone."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def read_coverage() -> frozenset[int]:
    """The code points that some font has a glyph for."""
    found: set[int] = set()
    for folder in find_folders():
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in (".ttf", ".otf"):
                found.update(_read_characters(path.read_bytes()))
    return frozenset(found)


def _read_characters(data: bytes) -> Iterator[int]:
    """The keys of the cmap table of a font (OpenType, formats 4 and 12)."""
    (tables,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * place) for place in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    for place in range(count):
        _, _, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * place)
        at = start + offset
        (form,) = struct.unpack_from(">H", data, at)
        if form == 12:
            (groups,) = struct.unpack_from(">I", data, at + 12)
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", data, at + 16 + 12 * group)
                yield from range(first, last + 1)
        elif form == 4:
            yield from _read_segments(data, at)


def _read_segments(data: bytes, at: int) -> Iterator[int]:
    """The characters of a format 4 table: ranges, each with a shift or an array of glyphs."""
    (twice,) = struct.unpack_from(">H", data, at + 6)
    count = twice // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", data, at + 14 + skip)
        for skip in (0, twice + 2, 2 * twice + 2, 3 * twice + 2)
    )
    for place, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for char in range(first, min(last, 0xFFFE) + 1):
            if offsets[place]:
                glyph_at = at + 14 + 3 * twice + 2 + 2 * place + offsets[place] + 2 * (char - first)
                (glyph,) = struct.unpack_from(">H", data, glyph_at)
            else:
                glyph = (char + deltas[place]) & 0xFFFF
            if glyph:
                yield char
