"""``quarterday serve``: the pages, for customers and for a first look."""

from __future__ import annotations

import os
import sys
from typing import Annotated

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
) -> None:
    """Serve the portal, the order pages and the signed links.

    Put a web server with TLS before it, and say in QUARTERDAY_URL where customers reach it. Stop
    it with Ctrl-C.
    """
    if workers > 1 and _is_embedded():
        say("SQLite serves from one process; use PostgreSQL for several.")
        raise typer.Exit(ExitCode.USAGE)
    run_server(host, port, workers)


def run_server(host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop. The server takes this process's place, so signals reach it."""
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
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments])


def find_address(port: int) -> str:
    """Where the pages are: what QUARTERDAY_URL says, or this machine."""
    return os.environ.get("QUARTERDAY_URL") or f"http://localhost:{port}"


def _is_embedded() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"
