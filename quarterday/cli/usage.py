"""``quarterday usage``: measurements from a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.errors import ExitCode
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, SellerCode, read_clock
from quarterday.cli.output import Column, print_json, print_table, say
from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from quarterday.services.usage.usage_input import UsageInput

group = make_group("Record what was used.")

_BATCH = 5000
_NEEDED = ("meter", "event_id", "at", "value")
_FIELDS = (*_NEEDED, "subscription", "account", "key", "corrects")


@command(group, "record")
def record(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSON lines; - reads what is piped in."),
    ],
    seller: SellerCode = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Record nothing when any event is bad.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Record usage events from a file of JSON lines.

    Doing it again changes nothing. Each line is an object with meter, event_id, at (with its
    zone), value, and subscription or account; key and corrects where they apply.
    """
    from quarterday.services.usage.record_usage import record_usage
    from quarterday.store.queries.references import find_seller

    row, now = find_seller(seller), read_clock()
    sums = dict.fromkeys(("recorded", "duplicates", "corrected", "late"), 0)
    refused: list[dict[str, Any]] = []
    for numbers, events, bad in _batches(file, strict):
        refused += bad
        if strict and bad:
            first = bad[0]
            raise BillingError(
                f"nothing was recorded: line {first['line']}, {first['field']} "
                f"{first['value']!r}: {first['remedy']}"
            )
        report = record_usage(seller=row, events=events, now=now, strict=strict, actor=ACTOR)
        for name in sums:
            sums[name] += getattr(report, name)
        refused += [
            {"line": numbers[one.index], "field": one.field, "value": one.value}
            | {"remedy": one.remedy}
            for one in report.refused
        ]
    refused.sort(key=lambda one: int(one["line"]))
    if as_json:
        print_json({**sums, "refused": refused})
    else:
        say(", ".join(f"{count:,} {name}" for name, count in sums.items()) + ".")
        if refused:
            say(f"\nRefused {len(refused):,}:")
            columns = (Column("Line", right=True), *map(Column, ("Field", "Value", "Remedy")))
            print_table(columns, (tuple(one.values()) for one in refused))
    if refused:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _batches(
    file: Path, whole: bool
) -> Iterator[tuple[list[int], list[UsageInput], list[dict[str, Any]]]]:
    """Events with the numbers of their lines, and lines that are no events; all at once if so."""
    from quarterday.services.usage.usage_input import UsageInput

    numbers: list[int] = []
    events: list[UsageInput] = []
    bad: list[dict[str, Any]] = []
    with _open_input(file) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                events.append(UsageInput(**_read(line)))
                numbers.append(number)
            except _BadLine as error:
                field, value, remedy = error.args
                bad.append({"line": number, "field": field, "value": value, "remedy": remedy})
            if len(events) >= _BATCH and not whole:
                yield numbers, events, bad
                numbers, events, bad = [], [], []
    yield numbers, events, bad


@contextmanager
def _open_input(file: Path) -> Iterator[TextIO]:
    """The file, or standard input for a dash."""
    if str(file) == "-":
        yield sys.stdin
        return
    with file.open(encoding="utf-8") as stream:
        yield stream


class _BadLine(Exception):  # noqa: N818 - becomes a row of the report
    """The field, its value, and what to write instead."""


def _read(line: str) -> dict[str, Any]:
    """The fields of an event, with numbers exact."""
    try:
        data = json.loads(line, parse_float=Decimal)
    except ValueError:
        raise _BadLine("", line.strip()[:80], "write one JSON object on each line") from None
    if not isinstance(data, dict):
        raise _BadLine("", line.strip()[:80], "write a JSON object with the names of the fields")
    for name in data:
        if name not in _FIELDS:
            raise _BadLine(name, str(data[name]), f"use these fields: {', '.join(_FIELDS)}")
    for name in _NEEDED:
        if name not in data:
            raise _BadLine(name, "", "every event needs it")
    for name, value in data.items():
        if name != "value" and not isinstance(value, str):
            raise _BadLine(name, str(value), "write it as text, in quotes")
    value = data["value"]
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _BadLine("value", str(value), "give a number")
    try:
        return data | {"at": datetime.fromisoformat(data["at"])}
    except ValueError:
        remedy = "give an instant with its zone, as 2026-01-31T12:00:00Z"
        raise _BadLine("at", data["at"], remedy) from None
