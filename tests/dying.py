"""Kills the process it is installed in at a chosen step, as a power cut would.

A step is a moment that changes what survives: before and after a commit, and before and after
each word with another host. Between two of them nothing lasting happens, since what a transaction
wrote is gone with it; so a test that tries every step has tried every place to die.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from typing import Any

STATUS = 137


def install(die_at: int) -> None:
    """Die at the step of this number, counted from 1; with 0, never."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == die_at:
            os._exit(STATUS)

    _surround(BaseDatabaseWrapper, "_commit", step)
    # What is sent and received, whichever library does it; HTTP alone, since mail and databases
    # have sockets of their own kinds.
    _surround(http.client.HTTPConnection, "endheaders", step)
    _surround(http.client.HTTPConnection, "getresponse", step)
    try:
        import httpcore
    except ImportError:
        return
    _surround(httpcore.ConnectionPool, "handle_request", step)


def _surround(owner: Any, name: str, step: Callable[[], None]) -> None:
    original = getattr(owner, name)

    def surrounded(*arguments: Any, **options: Any) -> Any:
        step()
        result = original(*arguments, **options)
        step()
        return result

    setattr(owner, name, surrounded)
