"""A program on this machine: it reads the wish as JSON, does it, and says so by its exit code.

``QUARTERDAY_COMMANDS_DIR`` names the folder whose programs may be run; the database holds only the
name of a file in it, so nobody who can change the database can run anything else. No shell is
involved, and of the environment the program gets nothing but its path and language.

Exit code 0 is done (and JSON with ``data`` on its output is kept), 75 is to be tried again, and
anything else is a failure that somebody has to look at, with what it wrote on stderr.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction
from quarterday.ports.gateway import Setting
from quarterday.ports.provisioner import Answer, Done, Failed, Unknown, Wish, make_body, read_data

VARIABLE = "QUARTERDAY_COMMANDS_DIR"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TRY_AGAIN = os.EX_TEMPFAIL
_PASSED = ("PATH", "LANG", "HOME", "TZ")


class CommandProvisioner:
    """A program in the folder that the environment names."""

    code: ClassVar[str] = "command"
    name: ClassVar[str] = "Program on this machine"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("program", f"The name of a file in ${VARIABLE}"),
        Setting("timeout", "Seconds to wait, at most 120", is_required=False),
    )
    actions: ClassVar[frozenset[ServiceAction]] = frozenset(ServiceAction)
    patience: ClassVar[int] = 180

    def __init__(self, config: Mapping[str, str]) -> None:
        self.program = config["program"]
        if not _NAME.fullmatch(self.program):
            raise BillingError(f"program must be the name of a file, not {self.program!r}")
        timeout = config.get("timeout") or "60"
        if not timeout.isdecimal() or not 1 <= int(timeout) <= 120:
            raise BillingError(f"timeout must be 1 to 120 seconds, not {timeout!r}")
        self.timeout = int(timeout)

    def check(self) -> None:
        """Refuse a program that is not there."""
        self._find()

    def carry_out(self, wish: Wish) -> Answer:
        """Run the program with the wish on its input."""
        path = self._find()
        body = json.dumps(make_body(wish) | {"key": wish.key}, ensure_ascii=False, sort_keys=True)
        env = {name: os.environ[name] for name in _PASSED if name in os.environ}
        running = subprocess.Popen(
            [path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=path.parent,
            start_new_session=True,
        )
        try:
            said, wrong = running.communicate(body.encode(), self.timeout)
        except subprocess.TimeoutExpired:
            # What it started goes with it.
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return Unknown(f"{self.program} took longer than {self.timeout} seconds")
        if running.returncode == 0:
            return Done(read_data(said))
        reason = wrong.decode("utf-8", "replace").strip()[-300:]
        text = f"{self.program} ended with {running.returncode}: {reason}".rstrip(": ")
        return Failed(text, is_retryable=running.returncode == _TRY_AGAIN)

    def _find(self) -> Path:
        folder = os.environ.get(VARIABLE)
        if not folder:
            raise BillingError(f"set {VARIABLE} to the folder of the programs that may be run")
        path = Path(folder).resolve() / self.program
        if not path.is_file() or not os.access(path, os.X_OK):
            raise BillingError(f"{path} is no program that can be run")
        return path
