"""What time it is: the one clock that the edges read, and that a rehearsal can move.

With ``QUARTERDAY_CLOCK_SHIFT`` set to a time such as ``31d``, ``-2h`` or ``90s`` all processes that
have it live so much later or earlier, so that a month can be gone through in a test or a
demonstration. Only edges (commands, pages, jobs) ask; everything below takes ``now`` and
``today`` as arguments.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from quarterday.core.errors import BillingError

VARIABLE = "QUARTERDAY_CLOCK_SHIFT"
_SHIFT = re.compile(r"([+-]?\d{1,9})([dhs])")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "s": timedelta(seconds=1)}


def read_now() -> datetime:
    """The present instant, in UTC; raises `BillingError` when the shift cannot be read."""
    return datetime.now(UTC) + _read_shift(os.environ.get(VARIABLE, ""))


@lru_cache(maxsize=4)
def _read_shift(text: str) -> timedelta:
    if not text:
        return timedelta()
    match = _SHIFT.fullmatch(text.strip())
    if match is None:
        raise BillingError(
            f"{VARIABLE} must be a number of days, hours or seconds such as 31d, -2h or 90s, "
            f"not {text!r}"
        )
    return int(match[1]) * _UNITS[match[2]]
