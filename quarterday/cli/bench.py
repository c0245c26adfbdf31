"""``quarterday bench``: how fast, as a ratio against the physical limit in the same process."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

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


def bench_run(
    accounts: Annotated[int, typer.Option(min=100, help="How many accounts to bill.")] = 20_000,
    database: Annotated[
        str, typer.Option(help="An empty database to fill; by default a temporary SQLite file.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Bill many accounts with a base item, an add-on and 20 % VAT, and measure the limit beside."""
    if not os.environ.get("QUARTERDAY_BENCH_CHILD"):
        raise typer.Exit(_run_on(database))
    _run_here(accounts, as_json)


def _run_on(database: str) -> int:
    """Run this very command again on the benchmark's database: Django reads its URL only once."""
    with tempfile.TemporaryDirectory(prefix="quarterday-bench-") as folder:
        url = database or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        environment = os.environ | {"QUARTERDAY_DATABASE_URL": url, "QUARTERDAY_BENCH_CHILD": "1"}
        command = [sys.executable, "-m", "quarterday", *sys.argv[1:]]
        return os.spawnve(os.P_WAIT, sys.executable, command, environment)


def _run_here(accounts: int, as_json: bool) -> None:
    from django.core.management import call_command

    from quarterday.services.bench.run_bench import run_bench

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

        result = run_bench(accounts, now=read_clock(), progress=advance).to_data()
    if as_json:
        typer.echo(json.dumps(result))
        return
    table = Table("", f"{accounts:,} accounts, {result['database']}", box=None)
    table.columns[1].justify = "right"
    for name, label, form in _ROWS:
        table.add_row(label, form.format(result[name]))
    Console().print(table)
