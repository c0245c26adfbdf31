"""A sign of life of the workers, for whoever watches over the installation."""

from __future__ import annotations

from datetime import datetime

from quarterday.store.models import JobRun

# One row that is overwritten; a history of heartbeats tells nothing.
BEAT, LAST = "beat", "last"


def beat(*, worker: str, now: datetime) -> None:
    """Write down that a worker is at work; repeating it moves the sign on, never back."""
    values = {"started_at": now, "finished_at": now, "summary": {"worker": worker}}
    run, is_new = JobRun.objects.get_or_create(job=BEAT, slot=LAST, defaults=values)
    if not is_new:
        JobRun.objects.filter(id=run.id, finished_at__lt=now).update(**values)
