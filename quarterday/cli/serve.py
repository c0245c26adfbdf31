"""``quarterday serve``: the pages, for customers and for a first look."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Annotated, NoReturn

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.output import say

# No access log: addresses of links hold their tokens, which nobody who reads logs may have.
_TARGET = "quarterday.project.wsgi:application"


def serve_command(
    host: Annotated[
        str, typer.Option("--host", help="The address to listen at; 0.0.0.0 is every one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes.")] = 1,
    jobs: Annotated[
        bool,
        typer.Option("--jobs/--no-jobs", help="Whether to do what is due too, as `work` does."),
    ] = True,
) -> None:
    """Serve all pages, and do what is due: bill, collect, remind, mail.

    Put a web server with TLS before it, and say in QUARTERDAY_URL where customers reach it.
    Nothing else need run. Stop it with Ctrl-C.
    """
    from quarterday.services.operations.refuse_unsafe import refuse_unsafe

    os.environ["QUARTERDAY_LISTEN"] = host
    refuse_unsafe()
    if workers > 1 and _is_embedded():
        say("SQLite serves from one process; use PostgreSQL for several.")
        raise typer.Exit(ExitCode.USAGE)
    run_server(host, port, workers, jobs=jobs)


def run_server(host: str, port: int, workers: int = 1, *, jobs: bool = False) -> None:
    """Serve until told to stop, with or without a worker for the jobs beside the server."""
    from quarterday.ports.clock import is_moved, read_now

    say(f"Serving at {find_address(port)} until Ctrl-C.")
    if is_moved():
        say(f"The clock is moved to {read_now():%Y-%m-%d %H:%M} UTC: this is a rehearsal.")
    arguments = ["--interface", "wsgi", "--host", host, "--port", str(port)]
    arguments += ["--workers", str(workers), "--no-access-log", "--no-ws", "--log-level", "warning"]
    arguments += ["--blocking-threads", "4", _TARGET]
    # Links that are made meanwhile lead here.
    os.environ["QUARTERDAY_URL"] = find_address(port)
    sys.stdout.flush()
    server = [sys.executable, "-m", "granian", *arguments]
    if jobs:
        _run_together(server, [sys.executable, "-m", "quarterday", "work"])
    # The server takes this process's place, so signals reach it.
    os.execv(sys.executable, server)


def _run_together(*commands: list[str]) -> NoReturn:
    """Run commands until one of them ends or this process is told to stop; then stop them all.

    One that ends by itself ends this process with an error, so that a supervisor starts anew.
    """
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    running = [subprocess.Popen(command) for command in commands]
    while not asked.wait(0.2) and all(one.poll() is None for one in running):
        pass
    for one in running:
        one.terminate()
    # What a worker has begun it finishes first; whoever cannot wait kills the group.
    for one in running:
        one.wait()
    raise typer.Exit(ExitCode.DONE if asked.is_set() else ExitCode.FAULT)


def find_address(port: int) -> str:
    """Where the pages are: what QUARTERDAY_URL says, or this machine."""
    return os.environ.get("QUARTERDAY_URL") or f"http://localhost:{port}"


def _is_embedded() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"
