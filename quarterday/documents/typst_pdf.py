"""PDF/A-3b and PDF/UA-1 by typst, in this process: compiler, fonts and parsed templates are kept.

The same page and template give the same bytes: no clock (the PDF's date is the document's), no
fonts of the system, no random numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

import typst

from quarterday.core.errors import BillingError
from quarterday.documents.clean_text import clean_page, clean_text
from quarterday.documents.fonts import find_folders, list_families, work_folder
from quarterday.documents.guard_template import guard_template
from quarterday.documents.try_template import draw_template, try_template

_FOLDER = Path(__file__).parent / "templates"
_PLACE = re.compile(r"(\w+\.typ):(\d+):\d+")
# What every file needs, so that a template of a seller may be as short as it likes.
_FRAME = b"""#let doc = json("page.json")
#set document(title: doc.name)
#set text(lang: doc.lang)
#include "template.typ"
"""
# One at a time: compiler and folders are made once, and typst uses all cores by itself.
_lock = RLock()


class TypstPdf:
    """Pages to PDF/A-3b, tagged for screen readers (PDF/UA-1), with all fonts inside."""

    format: ClassVar[str] = "pdf"
    suffix: ClassVar[str] = ".pdf"

    def render(self, page: Mapping[str, Any], *, template: str = "", logo: bytes = b"") -> bytes:
        """The file. Raises `BillingError`, with the line, for a template that does not work."""
        with _lock:
            (made,) = self._make(page, template, logo, "pdf")
            return made

    def _make(
        self, page: Mapping[str, Any], template: str, logo: bytes, format: str
    ) -> list[bytes]:
        if template:
            guard_template(template)
        source = template or self.read_source(page["kind"])
        data, pictures = _lay_out(page, logo)
        _place_kit()
        # The first one is the one that is compiled.
        files = {
            "main.typ": _FRAME,
            "template.typ": source.encode(),
            "page.json": json.dumps(data, ensure_ascii=False).encode(),
            **pictures,
        }
        year, month, day = page["date"]
        try:
            return _compile(files, int(datetime(year, month, day, tzinfo=UTC).timestamp()), format)
        except typst.TypstError as error:
            raise BillingError(_explain(error)) from None

    def render_bare(self, text: str) -> bytes:
        """A page with a line of text and nothing else: the least that any file costs here."""
        with _lock:
            files = {"main.typ": f'#set document(title: "Bare")\n{text}'.encode()}
            return _compile(files, 0, "pdf")[0]

    def check(self, page: Mapping[str, Any], *, template: str) -> None:
        """Refuse a template that does not work on a page, in a process with narrow limits."""
        guard_template(template)
        try_template(page, template)

    def draw(self, page: Mapping[str, Any], *, template: str) -> list[bytes]:
        """The first pages as PNG, made in a process with narrow limits."""
        guard_template(template)
        return draw_template(page, template)

    def make_pictures(self, page: Mapping[str, Any], template: str) -> list[bytes]:
        """All pages as PNG, for the process that draws."""
        with _lock:
            return self._make(page, template, b"", "png")

    def read_source(self, kind: str) -> str:
        """The built-in template of a kind, to start one's own from."""
        return _read(f"{kind}.typ")


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _root() -> Path:
    """A folder of our own: a template sees what it is given, our pieces, logos, and no more."""
    root = work_folder() / "root"
    root.mkdir()
    return root


def _place_kit() -> None:
    """Put our pieces where typst parses them once; files handed over are parsed each time.

    Looked for each time, because a system may sweep old files from its temporary folder.
    """
    kit = _root() / "kit.typ"
    if not kit.exists():
        kit.parent.mkdir(parents=True, exist_ok=True)
        kit.write_text(_read("kit.typ"), encoding="utf-8")


def _compile(files: dict[str, bytes], timestamp: int, format: str) -> list[bytes]:
    """The files that were made: one PDF, or a picture for each page."""
    # The stubs of typst know no files in memory.
    compiler: Any = _compiler()
    options: dict[str, Any] = (
        {"pdf_standards": ["a-3b", "ua-1"]} if format == "pdf" else {"ppi": 96}
    )
    made = compiler.compile(files, format=format, timestamp=timestamp, **options)
    return made if isinstance(made, list) else [made]


@cache
def _compiler() -> typst.Compiler:
    make: Any = typst.Compiler
    compiler: typst.Compiler = make(
        {"main.typ": b""},
        root=str(_root()),
        ignore_system_fonts=True,
        font_paths=[str(folder) for folder in find_folders()],
        package_path=str(_root()),
        package_cache_path=str(_root()),
    )
    return compiler


def _lay_out(page: Mapping[str, Any], logo: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Clean data, and the codes beside it, which are drawn as SVG."""
    data: dict[str, Any] = clean_page({key: one for key, one in page.items() if key != "codes"})
    data["fonts"] = list_families()
    data["name"] = data["name"].strip() or data["kind"]
    data["logo"] = {"text": clean_text(page["logo_text"]), "file": _place_logo(logo)}
    return data, {name: svg.encode() for name, svg in page.get("codes", {}).items()}


@lru_cache(maxsize=64)
def _place_logo(logo: bytes) -> str:
    """Put a logo where typst finds it, and name it by its content.

    What it is, its first bytes say; a picture of another kind is left out. Pictures cannot be
    handed over like texts, because typst takes texts only.
    """
    if logo.startswith(b"\x89PNG"):
        suffix = "png"
    elif logo.startswith(b"\xff\xd8"):
        suffix = "jpg"
    elif b"<svg" in logo[:2000]:
        suffix = "svg"
    else:
        return ""
    name = f"logo-{sha256(logo).hexdigest()[:32]}.{suffix}"
    (_root() / name).write_bytes(logo)
    return name


def _explain(error: typst.TypstError) -> str:
    """What typst says, with the line of the seller's template where it is to be found."""
    places = _PLACE.findall(str(error.diagnostic))
    line = next((line for name, line in places if name == "template.typ"), None)
    where = f"line {line} of the template" if line else "the template"
    # A path of this machine says nothing to the reader.
    text = re.sub(r" \(searched at [^)]*\)", " among the files of the document", error.message)
    return f"{where}: {text}"
