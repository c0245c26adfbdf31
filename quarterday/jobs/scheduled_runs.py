"""Do the runs that staff ordered, when their time has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.runs.work_at import work_at


class ScheduledRuns:
    """Takes one run after the other; those of a worker that died, too."""

    name: ClassVar[str] = "scheduled_runs"
    every: ClassVar[timedelta] = timedelta(seconds=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Work until nothing is due; how many runs were worked at."""
        count = 0
        while work_at(read_now) is not None:
            count += 1
        return {"runs": count} if count else {}
