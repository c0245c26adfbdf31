"""Forget once a day what nobody needs any more: expired sessions, and old counts of tries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.users.count_tries import forget_old_tries
from quarterday.services.users.record_sign_in import tidy_sign_ins


class TidySignIns:
    """The daily broom of sign-in."""

    name: ClassVar[str] = "tidy_sign_ins"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """How many sign-ins and counts went."""
        return {"sign_ins": tidy_sign_ins(), "counts": forget_old_tries(now=read_now())}
