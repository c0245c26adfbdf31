"""JSON lines: one object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from quarterday.core.limits import DEEPEST
from quarterday.importers.text import BAD_BYTES, has_foreign_bytes, open_text, read_lines
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
            number = 0
            try:
                for number, line in enumerate(read_lines(file), start=1):
                    if line is None or line.strip():
                        yield _read_line(number, line)
            except UnicodeError as error:
                reason = f"the file breaks off here, and nothing after it was read ({error})"
                yield SourceRow(number + 1, {}, (reason, "check the encoding in the mapping"))


def _read_line(number: int, line: str | None) -> SourceRow:
    if line is None:
        return SourceRow(number, {}, ("the line has more than a million characters", _ONE_EACH))
    if has_foreign_bytes(line):
        return SourceRow(number, {}, BAD_BYTES)
    try:
        values = json.loads(
            line, parse_float=str, parse_constant=str, object_pairs_hook=_make_object
        )
    except (ValueError, RecursionError) as error:
        return SourceRow(number, {}, (f"the line is not JSON ({error})", _ONE_EACH))
    if not isinstance(values, dict):
        return SourceRow(number, {}, ("the line is not an object", _ONE_EACH))
    if _is_deep(values):
        reason = f"the line has more than {DEEPEST} levels"
        return SourceRow(number, {}, (reason, "leave out what is so deep inside"))
    return SourceRow(number, values)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands in it twice could mean either value."""
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} stands in it twice")
    return values


def _is_deep(values: Any) -> bool:
    """Whether data has more levels than can be worked with."""
    level, depth = [values], 0
    while level := [one for one in level if isinstance(one, dict | list) and one]:
        depth += 1
        if depth > DEEPEST:
            return True
        level = [part for one in level for part in (one.values() if isinstance(one, dict) else one)]
    return False
