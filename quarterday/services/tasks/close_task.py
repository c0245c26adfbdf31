"""Say that a task was done, or need not be done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Task, TaskStatus


def close_task(
    *, task: Task, status: TaskStatus, now: datetime, note: str = "", actor: str = "system"
) -> Task:
    """The task, ``done`` or ``dismissed``; closing it again in the same way changes nothing.

    Raises `Conflict` when somebody closed it in the other way.
    """
    status = TaskStatus(status)
    if status is TaskStatus.OPEN:
        raise BillingError("a task is closed as done or as dismissed")
    said = check_text(note, "note", 500) if note else ""
    with transaction.atomic():
        rows = Task.objects.filter(id=task.id, status=TaskStatus.OPEN)
        changed = rows.update(status=status, closed_at=now, closed_by=actor, note=said)
        task.refresh_from_db()
        if not changed:
            if task.status != status:
                raise Conflict(f"task {task.public_id} is {task.status} already")
            return task
        record_event(
            kind=f"task.{status}",
            subject=task.public_id,
            seller_id=task.seller_id,
            account_id=task.account_id,
            actor=actor,
            now=now,
            data={"note": said} if said else {},
        )
    return task
