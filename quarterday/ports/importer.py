"""Importers: readers of files. Each yields rows as they stand; what they mean is decided later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol, cast

from quarterday.core.errors import BillingError
from quarterday.ports.discover import discover


class SourceRow(NamedTuple):
    """A row of a file. ``number`` is what a person counts: the header of a table is row 1.

    ``problem`` says why the row could not be read, as reason and remedy; then it has no values.
    """

    number: int
    values: Mapping[str, Any]
    problem: tuple[str, str] | None = None


class Importer(Protocol):
    """A reader of one format, streaming: memory does not grow with the file.

    ``options`` are what a mapping may set in its ``[source]``, with their defaults.
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    options: ClassVar[Mapping[str, str]]

    def read(self, path: Path, options: Mapping[str, str]) -> Iterator[SourceRow]:
        """The rows of a file. Raises `BillingError` when it cannot be read at all."""


@cache
def list_importers() -> Mapping[str, Importer]:
    """All importers by name."""
    found = {}
    for value in discover("importers"):
        if isinstance(value, type) and {"suffixes", "options", "read"} <= vars(value).keys():
            importer = cast(Importer, value())
            found[importer.name] = importer
    return found


def read_source(path: Path, source: Mapping[str, Any]) -> Iterator[SourceRow]:
    """The rows of a file, read as a mapping's ``[source]`` says; by default, by its suffix.

    Raises `BillingError` for an unknown format or option, and for a file that cannot be read.
    """
    importers = list_importers()
    name = source.get("format")
    if name is None:
        suffix = path.suffix.lower()
        name = next((one.name for one in importers.values() if suffix in one.suffixes), None)
    if name not in importers:
        known = ", ".join(sorted(importers))
        raise BillingError(
            f"{path.name} is of no known format ({name or path.suffix or 'no suffix'}); "
            f"set format in the [source] of the mapping to one of {known}"
        )
    importer = importers[str(name)]
    given = {key: value for key, value in source.items() if key != "format"}
    for key, value in given.items():
        if key not in importer.options:
            raise BillingError(
                f"[source] has an unknown key {key!r}; {name} knows "
                f"{', '.join(['format', *importer.options])}"
            )
        if not isinstance(value, str):
            raise BillingError(f"[source] {key} must be text in quotes, not {value!r}")
    if not path.is_file():
        raise BillingError(f"there is no file {path}; check its name")
    return importer.read(path, {**importer.options, **given})
