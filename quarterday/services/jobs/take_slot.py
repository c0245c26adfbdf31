"""Take a slot of time for a job, so that of all workers one does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.store.models import JobRun

PATIENCE = timedelta(hours=2)


def take_slot(*, job: str, slot: str, now: datetime) -> JobRun | None:
    """The run of a job in a slot if it is ours to do, else None.

    A run that was begun two hours ago and never finished died, and is taken over; so jobs must
    bear being run again.
    """
    try:
        with transaction.atomic():
            return JobRun.objects.create(job=job, slot=slot, started_at=now)
    except IntegrityError:
        pass
    run = JobRun.objects.get(job=job, slot=slot)
    if run.finished_at is not None or now - run.started_at < PATIENCE:
        return None
    rows = JobRun.objects.filter(id=run.id, started_at=run.started_at, finished_at__isnull=True)
    if not rows.update(started_at=now):
        return None
    run.started_at = now
    return run


def finish_slot(run: JobRun, *, now: datetime, summary: Mapping[str, Any]) -> None:
    """Write down that a run is over, and what it did."""
    JobRun.objects.filter(id=run.id).update(finished_at=now, summary=dict(summary))


def leave_slot(run: JobRun) -> None:
    """Give a slot back after a run that failed, so that it is tried again."""
    JobRun.objects.filter(id=run.id, finished_at__isnull=True).delete()


def is_slot_done(job: str, slot: str) -> bool:
    """Whether somebody has finished a slot; one that is not may have to be taken over yet."""
    return JobRun.objects.filter(job=job, slot=slot, finished_at__isnull=False).exists()


def free_slots(job: str) -> int:
    """Give back the slots of a job whose worker is known to be dead; how many there were."""
    return JobRun.objects.filter(job=job, finished_at__isnull=True).delete()[0]
