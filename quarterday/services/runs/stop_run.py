"""Stop a run: one that waits never begins, one that works ends after the batch that it is at."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import ScheduledRun, WorkStatus

_OPEN = (WorkStatus.WAITING, WorkStatus.RUNNING)


def stop_run(*, run: ScheduledRun, now: datetime, actor: str = "system") -> ScheduledRun:
    """Stop a run that is not over; what it has done stands. Stopping it again changes nothing.

    Raises `Conflict` when it is over.
    """
    with transaction.atomic():
        rows = ScheduledRun.objects.filter(id=run.id)
        if rows.filter(status__in=_OPEN).update(status=WorkStatus.STOPPED, finished_at=now):
            record_event(
                kind="run.stopped",
                subject=run.public_id,
                seller_id=run.seller_id,
                actor=actor,
                now=now,
            )
    run.refresh_from_db()
    if run.status != WorkStatus.STOPPED:
        raise Conflict(f"run {run.public_id} is over already: {run.status}")
    return run
