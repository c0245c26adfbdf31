"""``quarterday bench``: how fast, as a ratio against the physical limit in the same process."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from quarterday.cli.options import read_clock

_ROWS = (
    ("invoices_per_second", "Invoices per second", "{:,.0f}"),
    ("limit_per_second", "Limit: the same rows, written bare", "{:,.0f}"),
    ("ratio", "Ratio to the limit", "{:.2f}"),
    ("cost_us", "Microseconds per invoice", "{:,.1f}"),
    ("cost_us_at_a_tenth", "The same with a tenth of the accounts", "{:,.1f}"),
    ("growth", "Growth of the cost from a tenth to all", "{:.2f}"),
    ("nothing_due_ms", "A run with nothing due, milliseconds", "{:,.1f}"),
    ("peak_memory_mb", "Peak memory, MB", "{:,.0f}"),
)


_DOCUMENT_ROWS = (
    ("documents_per_second", "Documents per second of one core", "{:,.1f}"),
    ("bare_per_second", "Limit: a page with one line of text", "{:,.1f}"),
    ("ratio", "Ratio to the limit", "{:.2f}"),
    ("milliseconds", "Milliseconds per document", "{:,.2f}"),
    ("kilobytes", "Size of a document, kB", "{:,.1f}"),
)

_MATCHING_ROWS = (
    ("open_invoices", "Open invoices", "{:,}"),
    ("booked", "Lines booked without asking", "{:,}"),
    ("booked_wrongly", "Of these wrong", "{:,}"),
    ("findable", "Lines that can be found", "{:,}"),
    ("found_percent", "Found: booked, or right as first proposal, %", "{:.2f}"),
    ("booked_percent", "Booked without asking, %", "{:.2f}"),
    ("lines_compared_per_second", "Lines compared per second of one core", "{:,}"),
    ("lines_matched_per_second", "Lines matched and booked per second of one core", "{:,}"),
)

Database = Annotated[
    str, typer.Option(help="An empty database to fill; by default a temporary SQLite file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def bench_run(
    accounts: Annotated[int, typer.Option(min=100, help="How many accounts to bill.")] = 20_000,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Bill many accounts with a base item, an add-on and 20 % VAT, and measure the limit beside."""
    if not os.environ.get("QUARTERDAY_BENCH_CHILD"):
        raise typer.Exit(run_on(database))
    _run_here(accounts, as_json)


def run_on(database: str) -> int:
    """Run this very command again on the benchmark's database: Django reads its URL only once."""
    with tempfile.TemporaryDirectory(prefix="quarterday-bench-") as folder:
        url = database or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        environment = os.environ | {"QUARTERDAY_DATABASE_URL": url, "QUARTERDAY_BENCH_CHILD": "1"}
        command = [sys.executable, "-m", "quarterday", *sys.argv[1:]]
        return os.spawnve(os.P_WAIT, sys.executable, command, environment)


def bench_documents(
    documents: Annotated[int, typer.Option(min=20, help="How many documents to make.")] = 400,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Make the PDF files of invoices on one core, and a page of one line of text beside."""
    if not os.environ.get("QUARTERDAY_BENCH_CHILD"):
        # One thread, as asked for; otherwise typst lays out the pages of a document on all cores.
        os.environ["RAYON_NUM_THREADS"] = "1"
        raise typer.Exit(run_on(database))
    from quarterday.services.bench.bench_documents import bench_documents as measure

    result = measure_fresh(
        as_json, lambda advance: measure(documents, now=read_clock(), progress=advance)
    )
    _show(result, _DOCUMENT_ROWS, f"{documents:,} documents", as_json)


def bench_matching(
    lines: Annotated[int, typer.Option(min=200, help="How many lines the month has.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Which month; the same seed makes the same one.")] = 1,
    second: Annotated[
        bool, typer.Option("--second", help="The second noise, which nothing was fitted to.")
    ] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Match a month of bank lines whose truth is known; wrong bookings end with exit code 1."""
    if not os.environ.get("QUARTERDAY_BENCH_CHILD"):
        raise typer.Exit(run_on(database))
    from quarterday.services.bench.bench_matching import bench_matching as measure

    result = measure_fresh(
        as_json,
        lambda advance: measure(
            lines, seed=seed, is_second=second, now=read_clock(), progress=advance
        ),
    )
    _show(result, _MATCHING_ROWS, f"{result['lines']:,} lines", as_json)
    if not as_json:
        for name, ends in result["scenarios"].items():
            told = ", ".join(f"{count:,} {end}" for end, count in sorted(ends.items()))
            typer.echo(f"  {name}: {told}")
    if result["booked_wrongly"]:
        raise typer.Exit(1)


def _run_here(accounts: int, as_json: bool) -> None:
    from quarterday.services.bench.run_bench import run_bench

    result = measure_fresh(
        as_json,
        lambda advance: run_bench(accounts, now=read_clock(), progress=advance).to_data(),
    )
    _show(result, _ROWS, f"{accounts:,} accounts, {result['database']}", as_json)


def measure_fresh(
    as_json: bool, work: Callable[[Callable[[str, int], None]], dict[str, Any]]
) -> dict[str, Any]:
    """Do the work on a fresh database, with a bar that tells how far it is."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    errors = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=as_json or not errors.is_terminal,
    ) as bar:
        tasks: dict[str, int] = {}

        def advance(step: str, count: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=None)
            bar.advance(tasks[step], count)  # type: ignore[arg-type]

        return work(advance)


def _show(
    result: dict[str, Any], rows: Sequence[tuple[str, str, str]], title: str, as_json: bool
) -> None:
    if as_json:
        typer.echo(json.dumps(result))
        return
    table = Table("", title, box=None)
    table.columns[1].justify = "right"
    for name, label, form in rows:
        table.add_row(label, form.format(result[name]))
    Console().print(table)
