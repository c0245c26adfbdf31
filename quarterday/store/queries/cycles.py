"""How the work of days goes: cycles with their steps, what the check found, and runs of jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Max

from quarterday.store.models import Cycle, CycleStep, JobRun

CHECK = "check"


class LastCycle(NamedTuple):
    """The newest cycle, and the newest check that came to its end: proofs, offences, its day."""

    cycle: Cycle | None
    failed_steps: list[str]
    checked: dict[str, Any]
    checked_on: date | None


def read_last_cycle() -> LastCycle:
    """The newest cycle with its steps, and the newest check; three queries."""
    cycle = Cycle.objects.order_by("-day").first()
    failed: list[str] = []
    if cycle is not None:
        steps = cycle.steps.order_by("position").values_list("name", "status", "error")
        failed = [name for name, status, error in steps if status == "failed" or error]
    checks = CycleStep.objects.filter(name=CHECK, status="done").select_related("cycle")
    last = checks.order_by("-cycle__day").first()
    parts: dict[str, Any] = last.summary.get("parts", {}) if last else {}
    return LastCycle(cycle, failed, parts.get(CHECK, {}), last.cycle.day if last else None)


def list_cycles(limit: int) -> list[tuple[Cycle, list[CycleStep]]]:
    """The last days, the newest first, each with its steps in their order; two queries."""
    cycles = list(Cycle.objects.order_by("-day")[:limit])
    steps: dict[int, list[CycleStep]] = {one.id: [] for one in cycles}
    for step in CycleStep.objects.filter(cycle__in=cycles).order_by("position", "id"):
        steps[step.cycle_id].append(step)
    return [(cycle, steps[cycle.id]) for cycle in cycles]


def list_last_runs() -> dict[str, tuple[datetime, datetime | None]]:
    """When each job last began and ended, of those that are written down; two queries."""
    newest = JobRun.objects.values("job").annotate(last=Max("id")).values("last").order_by()
    rows = JobRun.objects.filter(id__in=list(newest.values_list("last", flat=True)))
    return {row.job: (row.started_at, row.finished_at) for row in rows}
