"""``quarterday work``: what is due is done, by this process or by many."""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from typing import Annotated

import typer

from quarterday.cli.jobs import tell_job, warn_of_mail
from quarterday.cli.options import Json
from quarterday.cli.output import note


def work_command(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="JOB", help="This job alone; repeatable.")
    ] = None,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=64, help="How many jobs run at once.")
    ] = 8,
    patience: Annotated[
        int,
        typer.Option(
            "--patience",
            min=3,
            metavar="SECONDS",
            help="On PostgreSQL: take over from a worker that gave no sign of life for so long.",
        ),
    ] = 45,
    as_json: Json = False,
) -> None:
    """Do what is due until told to stop: the daily cycle, sending, events, services, backups.

    On PostgreSQL run it anywhere and as often as you like: workers share the jobs, and take over
    from one that dies. On SQLite one is enough, and `quarterday serve` brings it along. On Ctrl-C
    or SIGTERM it finishes what it has begun.
    """
    from quarterday.ports.job import make_worker
    from quarterday.services.operations.refuse_unsafe import refuse_unsafe
    from quarterday.store.bulk import is_postgresql
    from quarterday.store.queries.readiness import check_workers_tables

    refuse_unsafe()
    if is_postgresql():
        check_workers_tables()
    warn_of_mail()
    worker = make_worker(
        is_shared=is_postgresql(),
        only=only or (),
        at_once=at_once,
        patience=timedelta(seconds=patience),
        tell=partial(tell_job, as_json=as_json),
    )
    note("At work until Ctrl-C.")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    worker.run()
