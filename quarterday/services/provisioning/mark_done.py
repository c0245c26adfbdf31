"""Take somebody's word that a service is as it is wanted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.period import local_date
from quarterday.core.service import ServiceCondition
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.note_condition import note_condition
from quarterday.services.provisioning.read_wanted import read_wanted
from quarterday.services.provisioning.settle_service import change_row, settle
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.tasks.close_task import close_task
from quarterday.store.models import ServiceState, ServiceStatus, Task, TaskStatus


def mark_done(*, service: ServiceState, now: datetime, actor: str = "system") -> ServiceState:
    """The service is as it is wanted, since somebody of the staff saw to it.

    Its open tasks are done, and its customer is told as if the place had done it. Marking it again
    changes nothing. Raises `Conflict` while its place is being asked.
    """
    with transaction.atomic():
        account, subscription = claim_subscription(service.subscription_id)
        row = ServiceState.objects.get(id=service.id)
        if row.status == ServiceStatus.SETTLED:
            return row
        if row.claimed_until is not None and row.claimed_until > now:
            raise Conflict(f"service {row.public_id} is being driven just now; wait for its answer")
        before = ServiceCondition(row.condition)
        change_row(row, condition=row.wanted, plan_id=row.wanted_plan_id, condition_at=now)
        wanted = read_wanted(subscription, local_date(now, account.seller.time_zone))
        settle(row, wanted.changes_at)
        note_condition(row, subscription, before, now=now, actor=actor)
        record_event(
            kind="service.marked_done",
            subject=row.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"condition": row.condition},
        )
        for task in Task.objects.filter(
            kind="service", subject=row.public_id, status=TaskStatus.OPEN
        ):
            close_task(task=task, status=TaskStatus.DONE, now=now, actor=actor)
    return row
