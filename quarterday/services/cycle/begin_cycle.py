"""Open the cycle of a day, with all its steps waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from quarterday.store.models import Cycle, CycleStep


def begin_cycle(*, day: date, steps: Sequence[str]) -> Cycle:
    """The cycle of a day, made if it is not there; however often asked, there is one.

    Steps that a newer version of the program brings are added to a cycle that is under way.
    """
    with transaction.atomic():
        cycle, _ = Cycle.objects.get_or_create(day=day)
        CycleStep.objects.bulk_create(
            [
                CycleStep(cycle=cycle, name=name, position=position)
                for position, name in enumerate(steps, 1)
            ],
            ignore_conflicts=True,
        )
    return cycle
