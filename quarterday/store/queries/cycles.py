"""How the work of days goes: the last cycles with their steps, and what the check found."""

from __future__ import annotations

from typing import Any, NamedTuple

from quarterday.store.models import Cycle, CycleStep

CHECK = "check"


class LastCycle(NamedTuple):
    """The newest cycle, and the newest check that came to its end: proofs, offences, its day."""

    cycle: Cycle | None
    failed_steps: list[str]
    checked: dict[str, Any]
    checked_on: Any


def read_last_cycle() -> LastCycle:
    """The newest cycle and check; two queries and one for the steps."""
    cycle = Cycle.objects.order_by("-day").first()
    failed: list[str] = []
    if cycle is not None:
        steps = cycle.steps.order_by("position").values_list("name", "status", "error")
        failed = [name for name, status, error in steps if status == "failed" or error]
    checks = CycleStep.objects.filter(name=CHECK, status="done").select_related("cycle")
    last = checks.order_by("-cycle__day").first()
    parts: dict[str, Any] = last.summary.get("parts", {}) if last else {}
    day = last.cycle.day if last else None
    return LastCycle(cycle, failed, parts.get(CHECK, {}), day)
