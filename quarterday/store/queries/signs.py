"""Signs of life: whether the database answers, when a worker last beat, how the last day went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError

from quarterday.store.models import Cycle, JobRun, Seller
from quarterday.store.queries.raw import fetch

# Workers beat three times a minute; some of them may be busy starting anew.
SILENT_AFTER = timedelta(minutes=5)


class Signs(NamedTuple):
    """``beat_age`` is None where no worker ever was at work, ``cycle`` where no day was yet."""

    is_database_up: bool
    has_sellers: bool = False
    beat_age: timedelta | None = None
    worker: str = ""
    cycle: Cycle | None = None

    @property
    def is_worker_up(self) -> bool:
        """Whether a worker has beaten lately."""
        return self.beat_age is not None and self.beat_age < SILENT_AFTER


def read_signs(now: datetime) -> Signs:
    """What is known of the life of an installation; four quick queries, none of them of customers.

    A database that does not answer is told, not raised.
    """
    try:
        fetch("SELECT 1")
        beat = JobRun.objects.filter(job="beat", slot="last").first()
        at = beat.finished_at if beat else None
        return Signs(
            is_database_up=True,
            has_sellers=Seller.objects.exists(),
            beat_age=now - at if at else None,
            worker=str(beat.summary.get("worker", "")) if beat else "",
            cycle=Cycle.objects.order_by("-day").first(),
        )
    except DatabaseError:
        return Signs(is_database_up=False)
