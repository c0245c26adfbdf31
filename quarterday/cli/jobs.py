"""``quarterday jobs``: what runs by itself."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import Json, read_clock
from quarterday.cli.output import note, print_json, print_list, say

group = make_group("Run what is done by itself: billing, sending messages, checks.")
_TICK = 2.0


class _Stop:
    """Set when the process is told to end; what is being done is finished first."""

    asked = False


def _ask_to_stop(*_: object) -> None:
    _Stop.asked = True


@command(group, "run")
def run(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="JOB", help="This job alone; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Do what is due, one job after the other, until told to stop.

    For timers and for trying; `quarterday work` lets no job wait for another. On Ctrl-C or
    SIGTERM it finishes what it has begun.
    """
    from quarterday.ports.job import make_scheduler
    from quarterday.services.operations.refuse_unsafe import refuse_unsafe

    refuse_unsafe()
    warn_of_mail()
    signal.signal(signal.SIGTERM, _ask_to_stop)
    signal.signal(signal.SIGINT, _ask_to_stop)
    scheduler = make_scheduler(only or ())
    while True:
        for name, found in scheduler.run_due().items():
            tell_job(name, found, as_json)
        if once or _Stop.asked:
            return
        _rest()


@command(group, "list")
def list_all(as_json: Json = False) -> None:
    """List the jobs, how often each runs, and when it last did."""
    from quarterday.ports.job import list_jobs
    from quarterday.store.queries.cycles import list_last_runs

    last = {job: begun for job, (begun, _) in list_last_runs().items()}
    records = [
        {"job": job.name, "every": str(job.every), "last_run": last.get(job.name)}
        for job in list_jobs().values()
    ]
    print_list(records, "job every last_run", as_json=as_json)


def warn_of_mail() -> None:
    """Say that no mail will be sent where that is so."""
    from quarterday.services.messages.list_ways import list_ways

    if "mail" not in list_ways():
        note("QUARTERDAY_MAIL_URL is not set, so no mail is sent; what waits too long lapses.")


def tell_job(name: str, found: Mapping[str, Any], as_json: bool = False) -> None:
    """Say what a job did, and when."""
    at = f"{read_clock():%Y-%m-%d %H:%M:%S}"
    if as_json:
        print_json({"at": at, "job": name, **found})
    else:
        say(f"{at} {name}: " + ", ".join(f"{key} {value}" for key, value in found.items()))


def _rest() -> None:
    """Wait for the next tick, but not for long when told to stop."""
    end = time.monotonic() + _TICK
    while time.monotonic() < end and not _Stop.asked:
        time.sleep(0.1)
    if _Stop.asked:
        raise typer.Exit
