"""Give a task to somebody, or to nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Task, TaskStatus, User


def assign_task(*, task: Task, user: User | None, now: datetime, actor: str = "system") -> Task:
    """The task, which is now that user's. Raises `Conflict` for one that is closed."""
    with transaction.atomic():
        rows = Task.objects.filter(id=task.id, status=TaskStatus.OPEN)
        if not rows.update(assigned_to=user):
            raise Conflict(f"task {task.public_id} is closed; open another one")
        task.refresh_from_db()
        record_event(
            kind="task.assigned",
            subject=task.public_id,
            seller_id=task.seller_id,
            account_id=task.account_id,
            actor=actor,
            now=now,
            data={"to": user.public_id if user is not None else ""},
        )
    return task
