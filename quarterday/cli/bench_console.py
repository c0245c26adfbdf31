"""``quarterday bench console``: the pages of staff on a year of invoices, and their figures."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from quarterday.cli.bench import AsJson, Database, measure_fresh, run_on
from quarterday.cli.options import read_clock
from quarterday.cli.output import Column, print_table, say


def bench_console(
    invoices: Annotated[int, typer.Option(min=120, help="About how many invoices.")] = 24_000,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Make a year of invoices and a full inbox, and time the pages that staff open all day."""
    if not os.environ.get("QUARTERDAY_BENCH_CHILD"):
        # Pages read the clock; the year that is made is over then.
        os.environ["QUARTERDAY_NOW"] = "2025-12-31T12:00+00:00"
        raise typer.Exit(run_on(database))
    from quarterday.services.bench.bench_console import bench_console as work

    result = measure_fresh(
        as_json, lambda advance: work(invoices, now=read_clock(), progress=advance)
    )
    if as_json:
        typer.echo(json.dumps(result, indent=2))
        return
    say(f"{result['invoices']:,} invoices on {result['database']}; figures of all days in ")
    say(
        f"{result['figures_whole_seconds']} s, with nothing new in "
        f"{result['figures_quiet_seconds']} s, after a payment in "
        f"{result['figures_after_a_payment_seconds']} s"
    )
    columns = [
        Column("Page"),
        Column("Queries", right=True),
        Column("Median, ms", right=True),
        Column("Slowest, ms", right=True),
    ]
    names = ("page", "queries", "median_ms", "slowest_ms")
    print_table(columns, [[one[name] for name in names] for one in result["pages"]])
