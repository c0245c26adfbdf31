"""Runs ``quarterday`` commands as processes of their own that need not import everything anew.

A server that has imported Django and the program is forked for each command. The child has its own
environment, folder and files, reads the settings from that environment, and ends with the status
of the command. What is about the start of a process is tried with ``run_quarterday`` instead.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from tests import dying

# The step at which a command is killed; see `tests.dying`.
DIE_AT = "QUARTERDAY_TEST_DIE_AT"
# What commands and jobs are made of; web pages are left out.
_ROOMS = ("core", "ports", "store.queries", "services", "gateways", "statements", "jobs", "cli")
# Modules that read the environment when they are imported, in the order in which they do.
_READ_ANEW = ("access", "mail", "operating", "database", "secret", "settings")


class Zygote:
    """The server of one pytest worker, and what asks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.server: subprocess.Popen[str] | None = None

    def run(
        self, arguments: tuple[str, ...], env: dict[str, str], cwd: Path, call: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command and wait for it; what it said, and its status.

        With a ``call``, as ``module:function``, that is called with the arguments instead.
        """
        with self.lock:
            server = self._start()
            out, err = self.folder / "out", self.folder / "err"
            asked = {"argv": arguments, "call": call, "env": env, "cwd": str(cwd)}
            asked |= {"out": str(out), "err": str(err)}
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps(asked) + "\n")
            server.stdin.flush()
            status = int(server.stdout.readline())
            return subprocess.CompletedProcess(
                arguments, status, out.read_text("utf-8"), err.read_text("utf-8")
            )

    def stop(self) -> None:
        """End the server, if it was ever started."""
        if self.server is not None:
            assert self.server.stdin is not None
            self.server.stdin.close()
            self.server.wait()
            assert self.server.stdout is not None
            self.server.stdout.close()

    def _start(self) -> subprocess.Popen[str]:
        if self.server is None:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "tests.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self.server


def serve() -> None:
    """Fork a child for each line that is read, and write its status."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
    django.setup()
    for room in _ROOMS:
        package = importlib.import_module(f"quarterday.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    # Read without a buffer that a child would inherit, with lines of others in it.
    with open(0, "rb", buffering=0, closefd=False) as lines:
        while line := lines.readline():
            asked = json.loads(line)
            child = os.fork()
            if child == 0:
                _become(asked)
            _, status = os.waitpid(child, 0)
            os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(asked: dict[str, Any]) -> None:
    """Be the command that is asked for, to the end; never returns."""
    status = 1
    try:
        _take_files(asked)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["cwd"])
        _read_settings()
        if at := os.environ.get(DIE_AT):
            dying.install(int(at))
        if asked["call"]:
            module, _, name = asked["call"].partition(":")
            getattr(importlib.import_module(module), name)(*asked["argv"])
        else:
            sys.argv = ["quarterday", *asked["argv"]]
            from quarterday.project.main import main

            main()
        status = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        else:
            status = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        # As at the end of any process, so that SQLite leaves one file behind.
        from django.db import connections

        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _take_files(asked: dict[str, Any]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for name, number in (("out", 1), ("err", 2)):
        opened = os.open(asked[name], flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _read_settings() -> None:
    """As a new process would: from the environment, for Django, its connections and the clock."""
    from django.conf import Settings, settings
    from django.db import connections

    for name in _READ_ANEW:
        importlib.reload(importlib.import_module(f"quarterday.project.{name}"))
    # A clock that is set goes on from the start of the process.
    importlib.import_module("quarterday.ports.clock")._STARTED = time.monotonic()  # type: ignore[attr-defined]
    settings._wrapped = Settings("quarterday.project.settings")
    vars(connections).pop("settings", None)
    connections._settings = None
    for alias in connections:
        if hasattr(connections._connections, alias):
            delattr(connections._connections, alias)


if __name__ == "__main__":
    serve()
