"""Open a day again for a seller that came after it was done."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from quarterday.store.models import Cycle, CycleStep, WorkStatus

_OVER = (WorkStatus.DONE, WorkStatus.FAILED)


def reopen_cycle(*, cycle: Cycle, parts: Collection[str]) -> bool:
    """Open a finished cycle whose first step knows nothing of one of the parts; whether it was.

    What is done stays done: only steps go on, for the parts that they lack. The last step, which
    is about all of them, is done again.
    """
    with transaction.atomic():
        steps = list(CycleStep.objects.filter(cycle=cycle).order_by("position"))
        if set(parts) <= steps[0].summary.get("parts", {}).keys():
            return False
        rows = Cycle.objects.filter(id=cycle.id, status__in=_OVER)
        if not rows.update(status=WorkStatus.WAITING, finished_at=None):
            return False
        CycleStep.objects.filter(cycle=cycle, status__in=_OVER).update(
            status=WorkStatus.WAITING, finished_at=None
        )
    return True
