"""Show that the scheduler lives and that what it orders is done."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.jobs import beat


class Beat:
    """The heartbeat that `/healthz`, `/metrics` and `quarterday doctor` look at."""

    name: ClassVar[str] = "beat"
    every: ClassVar[timedelta] = timedelta(seconds=20)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Beat; there is nothing to tell."""
        beat.beat(worker=name_worker(), now=read_now())
        return {}


def name_worker() -> str:
    """This process, for people: its machine and number."""
    return f"{socket.gethostname()}:{os.getpid()}"[:100]
