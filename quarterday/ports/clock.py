"""What time it is: the one clock that the edges read, and that a rehearsal can move.

With ``QUARTERDAY_CLOCK_SHIFT`` set to a time such as ``31d``, ``-2h`` or ``90s`` all processes that
have it live so much later or earlier, so that a month can be gone through in a demonstration. With
``QUARTERDAY_NOW`` set to an instant such as ``2027-01-31T09:00+01:00`` a process starts then and
goes on from there. Only edges (commands, pages, jobs) ask; everything below takes ``now`` and
``today`` as arguments.
"""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from quarterday.core.errors import BillingError

VARIABLE, SHIFT = "QUARTERDAY_NOW", "QUARTERDAY_CLOCK_SHIFT"
_SHIFT = re.compile(r"([+-]?\d{1,9})([dhs])")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "s": timedelta(seconds=1)}
_STARTED = time.monotonic()


def read_now() -> datetime:
    """The present instant, in UTC; raises `BillingError` when what moves it cannot be read."""
    if start := os.environ.get(VARIABLE):
        return _read_start(start) + timedelta(seconds=time.monotonic() - _STARTED)
    return datetime.now(UTC) + _read_shift(os.environ.get(SHIFT, ""))


def is_moved() -> bool:
    """Whether the clock of this process is not the real one."""
    return bool(os.environ.get(VARIABLE) or os.environ.get(SHIFT))


@lru_cache(maxsize=4)
def _read_shift(text: str) -> timedelta:
    if not text:
        return timedelta()
    match = _SHIFT.fullmatch(text.strip())
    if match is None:
        raise BillingError(
            f"{SHIFT} must be a number of days, hours or seconds such as 31d, -2h or 90s, "
            f"not {text!r}"
        )
    return int(match[1]) * _UNITS[match[2]]


@lru_cache(maxsize=4)
def _read_start(text: str) -> datetime:
    try:
        instant: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BillingError(
            f"{VARIABLE} must be an instant with its offset, such as 2027-01-31T09:00+01:00, "
            f"not {text!r}"
        )
    return instant.astimezone(UTC)
