"""Take a run to work at it, and write down how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from quarterday.store.models import ScheduledRun, WorkStatus

# A batch takes seconds; a worker that has said nothing for so long is dead.
PATIENCE = timedelta(minutes=5)


def claim_run(*, now: datetime, only: ScheduledRun | None = None) -> ScheduledRun | None:
    """The next run whose time has come, or whose worker died; None when there is none.

    Of several workers, one gets it. ``only`` asks for one run alone.
    """
    dead = Q(status=WorkStatus.RUNNING, heartbeat_at__lt=now - PATIENCE)
    due = ScheduledRun.objects.filter(
        Q(status=WorkStatus.WAITING) | dead,
        start_at__lte=now,
        status__in=(WorkStatus.WAITING, WorkStatus.RUNNING),
    )
    if only is not None:
        due = due.filter(id=only.id)
    for run in due.select_related("seller").order_by("start_at", "id")[:20]:
        rows = ScheduledRun.objects.filter(id=run.id, claim=run.claim, status=run.status)
        started = run.started_at or now
        if rows.update(
            status=WorkStatus.RUNNING, claim=F("claim") + 1, started_at=started, heartbeat_at=now
        ):
            run.refresh_from_db()
            return run
    return None


def finish_run(run: ScheduledRun, *, now: datetime, error: str = "") -> bool:
    """Write down that a run of ours is over; whether it was still ours."""
    rows = ScheduledRun.objects.filter(id=run.id, claim=run.claim, status=WorkStatus.RUNNING)
    status = WorkStatus.FAILED if error else WorkStatus.DONE
    return rows.update(status=status, finished_at=now, error=error[:500]) == 1
