"""``quarterday load``: bring in customers and all else from files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import MofNCompleteColumn

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json, read_clock
from quarterday.cli.output import Column, print_json, print_table, say
from quarterday.cli.progress import make_bar

if TYPE_CHECKING:
    from quarterday.services.imports.report import LoadReport

_SHOWN = 20
_TABLES = (".csv", ".tsv", ".txt")
_CHUNK = 1 << 20

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="The file: by a mapping, or native JSON lines.")
]


def load_command(
    file: File,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="TOML", help="How its columns become fields."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Load everything, or nothing if a row is refused.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Load customers, contracts and all else from a file.

    With a mapping the file is CSV or JSON lines of any shape; without one it is in the native
    format. A bad row is refused alone and listed with its remedy. Loading again changes only what
    changed.
    """
    from quarterday.services.imports.load_file import load_file

    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}; check its name")
    if mapping is None and file.suffix.lower() in _TABLES:
        raise typer.BadParameter(
            f"{file.name} is a table; say what its columns mean: --mapping MAPPING.toml"
        )
    columns = None if mapping is None else read_mapping(mapping)
    with _progress(file, quiet=as_json) as progress:
        report = load_file(
            file,
            now=read_clock(),
            mapping=columns,
            strict=strict,
            dry_run=dry_run,
            progress=progress,
        )
    if as_json:
        print_json(report.to_data())
    else:
        print_report(report, file.name, dry_run=dry_run)
    if report.refused:
        raise typer.Exit(ExitCode.INCOMPLETE)


def read_mapping(path: Path) -> Mapping[str, Any]:
    """A mapping from its TOML file, with numbers kept exact."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path.name} is not TOML: {error}") from None


@contextmanager
def _progress(file: Path, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar over the lines of the file, which are counted only where there is a bar."""
    bar = make_bar(quiet=quiet)
    if bar.disable or not file.is_file():
        yield lambda rows: None
        return
    bar.columns = (*bar.columns, MofNCompleteColumn())
    with bar:
        task = bar.add_task(f"Loading {file.name}", total=_count_lines(file))
        yield lambda rows: bar.advance(task, rows)


def _count_lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(_CHUNK), b""))


def print_report(report: LoadReport, name: str, *, dry_run: bool = False) -> None:
    """What loading did: counts by type of record, and every refused row with its remedy."""
    data = report.to_data()
    columns = (
        Column(""),
        Column("Created", right=True),
        Column("Updated", right=True),
        Column("Unchanged", right=True),
        Column("Refused", right=True),
    )
    counts = [
        (kind.replace("_", " "), one["created"], one["updated"], one["unchanged"], "")
        for kind, one in data["records"].items()
    ]
    rows = ("rows", data["created"], data["updated"], data["unchanged"], data["refused"])
    say(f"{_headline(report, dry_run)} {name}: {report.rows:,} rows.")
    print_table(columns, [[_cell(cell) for cell in row] for row in (rows, *counts)])
    if report.skipped:
        say(f"Skipped {report.skipped:,} rows, as the mapping says.")
    _print_problems(report)
    _print_next(report, dry_run)


def _print_next(report: LoadReport, dry_run: bool) -> None:
    if dry_run:
        kept = "; the refused rows would stay out" if report.refused else ""
        say(f"\nNext: the same without --dry-run{kept}")
    elif report.is_kept and report.to_data()["created"]:
        say("\nNext: quarterday run --dry-run   see what would be billed")


def _headline(report: LoadReport, dry_run: bool) -> str:
    if dry_run:
        return "Dry run, nothing was changed:"
    return "Loaded" if report.is_kept else "Nothing was loaded (--strict) from"


def _cell(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _print_problems(report: LoadReport) -> None:
    if not report.problems:
        return
    say(f"\nRefused {report.refused:,} row{'s' if report.refused > 1 else ''}:")
    columns = (
        Column("Row", right=True),
        Column("Column"),
        Column("Value"),
        Column("Reason"),
        Column("Remedy"),
    )
    shown = report.problems[:_SHOWN]
    print_table(columns, ((p.row, p.column, p.value, p.reason, p.remedy) for p in shown))
    more = len(report.problems) - len(shown)
    if more:
        say(f"and {more:,} more problems; --json lists them all")
