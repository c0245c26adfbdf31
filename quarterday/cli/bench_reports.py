"""``quarterday bench reports``: each report on a year of invoices, beside a plain sum."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from quarterday.cli.bench import AsJson, Database, measure_fresh, run_on
from quarterday.cli.options import read_clock
from quarterday.cli.output import Column, print_table, say


def bench_reports(
    invoices: Annotated[int, typer.Option(min=120, help="About how many invoices.")] = 24_000,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Make a year of invoices, payments and reminders, and time every report on them."""
    if not os.environ.get("QUARTERDAY_BENCH_CHILD"):
        raise typer.Exit(run_on(database))
    from quarterday.services.bench.bench_reports import bench_reports as work

    result = measure_fresh(
        as_json, lambda advance: work(invoices, now=read_clock(), progress=advance)
    )
    if as_json:
        typer.echo(json.dumps(result, indent=2))
        return
    say(f"{result['invoices']:,} invoices on {result['database']}")
    columns = [
        Column("Report"),
        Column("Seconds", right=True),
        Column("Plain sum", right=True),
        Column("Ratio", right=True),
    ]
    names = ("report", "seconds", "plain_seconds", "ratio")
    print_table(columns, [[one.get(name, "") for name in names] for one in result["reports"]])
