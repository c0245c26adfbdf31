"""What time it is: the one clock that the edges read, and that a rehearsal can move.

With ``QUARTERDAY_NOW`` set to an instant such as ``2027-01-31T09:00+01:00`` a process starts then
and goes on from there, so that a month can be lived through in a test or a demonstration. Only
edges (commands, pages, jobs) ask; everything below takes ``now`` and ``today`` as arguments.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from quarterday.core.errors import BillingError

VARIABLE = "QUARTERDAY_NOW"


def read_now() -> datetime:
    """The present instant, in UTC. Raises `BillingError` when QUARTERDAY_NOW is no instant."""
    given = os.environ.get(VARIABLE)
    if not given:
        return datetime.now(UTC)
    return _start_of(given) + timedelta(seconds=time.monotonic() - _STARTED)


@lru_cache(maxsize=1)
def _start_of(text: str) -> datetime:
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


_STARTED = time.monotonic()
