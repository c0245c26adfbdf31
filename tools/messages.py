"""Bring the translations up to date: ``python -m tools.messages [--check]``.

Reads every text marked for translation in Python and templates, merges it into
``quarterday/locale/LANGUAGE/LC_MESSAGES/django.po`` and compiles those. Needs babel and Django
only, so that anybody can run it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "quarterday"
_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
LANGUAGES = ("de", "es", "fr", "pt")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def read_sources() -> Catalog:
    """Everything that is marked, with where it stands."""
    catalog = Catalog(project="Quarterday", charset="utf-8")
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        place = path.relative_to(PACKAGE.parent).as_posix()
        for line, message, comments, context in _read_file(path):
            catalog.add(message, locations=[(place, line)], auto_comments=comments, context=context)
    return catalog


def _read_file(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    from django.utils.translation.template import templatize

    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    file = io.BytesIO(text.encode())
    # The template reader writes its own call names, which Python's grammar reads as well.
    yield from extract("python", file, KEYWORDS, ["Translators:"], {"encoding": "utf-8"})


def po_path(language: str) -> Path:
    """Where the texts of a language are."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def read_language(language: str) -> Catalog:
    """The texts of a language as they are kept."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def compile_language(catalog: Catalog) -> bytes:
    """The compiled form, which is what programs read."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def update_language(language: str, sources: Catalog) -> Catalog:
    """Merge what is marked into the texts of a language; what is no longer marked goes."""
    catalog = read_language(language)
    catalog.update(sources, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    # Files of the same texts are the same bytes, whoever makes them and when.
    catalog.creation_date = catalog.revision_date = _ALWAYS
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=98, omit_header=False, sort_by_file=True, no_location=True)
    path.with_suffix(".mo").write_bytes(compile_language(read_language(language)))
    return catalog


def find_missing(catalog: Catalog) -> list[str]:
    """The texts that have no translation yet."""
    return [str(message.id) for message in catalog if message.id and not is_whole(message)]


def is_whole(message: Message) -> bool:
    """Whether a text is translated, in all its plural forms."""
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms)


def main() -> None:
    """Update all languages and say what is missing."""
    sources = read_sources()
    for language in LANGUAGES:
        missing = find_missing(update_language(language, sources))
        sys.stdout.write(f"{language}: {len(sources)} texts, {len(missing)} without translation\n")


if __name__ == "__main__":
    main()
