"""Close the cycle of a day when all its steps are over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.cycle.claim_cycle import move_heartbeat
from quarterday.store.models import Cycle, CycleStep, WorkStatus


def finish_cycle(cycle: Cycle, *, worker: str, now: datetime) -> WorkStatus:
    """Close a cycle; ``failed`` when a step of it never succeeded."""
    with transaction.atomic():
        move_heartbeat(cycle, worker=worker, now=now)
        wrong = CycleStep.objects.filter(cycle=cycle).exclude(status=WorkStatus.DONE).exists()
        status = WorkStatus.FAILED if wrong else WorkStatus.DONE
        Cycle.objects.filter(id=cycle.id).update(status=status, finished_at=now, worker="")
    cycle.refresh_from_db()
    return status
