"""JSON lines: one object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from quarterday.importers.text import BAD_BYTES, has_foreign_bytes, open_text
from quarterday.ports.importer import SourceRow

_ONE_EACH = "write one JSON object on each line"


class JsonLines:
    """Empty lines are passed over. Numbers with decimals stay exact: they are kept as text."""

    name: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")
    options: ClassVar[Mapping[str, str]] = {"encoding": "utf-8"}

    def read(self, path: Path, options: Mapping[str, str]) -> Iterator[SourceRow]:
        """The objects of a file."""
        with open_text(path, options["encoding"]) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _read_line(number, line)


def _read_line(number: int, line: str) -> SourceRow:
    if has_foreign_bytes(line):
        return SourceRow(number, {}, BAD_BYTES)
    try:
        values = json.loads(line, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return SourceRow(number, {}, (f"the line is not JSON ({error})", _ONE_EACH))
    if not isinstance(values, dict):
        return SourceRow(number, {}, ("the line is not an object", _ONE_EACH))
    return SourceRow(number, values)
