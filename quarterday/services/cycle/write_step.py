"""Write down how far a step of the day is, as the worker that holds the cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.cycle.claim_cycle import move_heartbeat
from quarterday.store.models import CycleStep, WorkStatus

_LONGEST = 500


def begin_step(step: CycleStep, *, worker: str, now: datetime) -> None:
    """A step is begun, or begun again after a crash or a failure."""
    values: dict[str, Any] = {"status": WorkStatus.RUNNING, "tries": step.tries + 1}
    if step.started_at is None:
        values["started_at"] = now
    _write(step, worker, now, values)


def note_part(
    step: CycleStep, part: str, said: Mapping[str, Any], *, worker: str, now: datetime
) -> None:
    """A part of a step (a seller, by code) is done, and this is what it said."""
    parts = {**step.summary.get("parts", {}), part: {**said, "at": now.isoformat()}}
    failed = {key: one for key, one in step.summary.get("failed", {}).items() if key != part}
    summary = {**step.summary, "parts": parts, "failed": failed}
    error = "" if not failed else step.error
    _write(step, worker, now, {"summary": summary, "error": error})


def note_failed(
    step: CycleStep, part: str, error: str, *, again_at: datetime, worker: str, now: datetime
) -> None:
    """A part of a step failed, and will be tried again."""
    failed = step.summary.get("failed", {})
    tries = failed.get(part, {}).get("tries", 0) + 1
    failed = {**failed, part: {"error": error, "tries": tries, "again_at": again_at.isoformat()}}
    _write(
        step,
        worker,
        now,
        {"summary": {**step.summary, "failed": failed}, "error": error[:_LONGEST]},
    )


def end_step(step: CycleStep, status: WorkStatus, *, worker: str, now: datetime) -> None:
    """Every part of a step is done, or given up with the day."""
    _write(step, worker, now, {"status": status, "finished_at": now})


def _write(step: CycleStep, worker: str, now: datetime, values: Mapping[str, Any]) -> None:
    with transaction.atomic():
        move_heartbeat(step.cycle, worker=worker, now=now)
        CycleStep.objects.filter(id=step.id).update(**values)
    for name, value in values.items():
        setattr(step, name, value)
