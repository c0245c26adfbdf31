"""Runs: what ran by itself, when, how long, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from quarterday.ports.report import (
    SINCE,
    UNTIL,
    Asked,
    Column,
    ColumnKind,
    Parameter,
    ParameterKind,
    ReportResult,
    ReportRow,
)
from quarterday.store.models import CycleStep, JobRun, ScheduledRun

_COLUMNS = (
    Column("what", "What"),
    Column("for", "For"),
    Column("started", "Started (UTC)"),
    Column("seconds", "Seconds", ColumnKind.NUMBER),
    Column("state", "State"),
    Column("said", "What it did"),
)
_LIMIT = Parameter("limit", "At most", ParameterKind.COUNT, lambda _: "1000")
_NOTES = (
    "Jobs that look for work in the tables themselves leave no run; the events tell what they did.",
    "Ordered runs are of the chosen seller; the daily cycle and jobs serve all sellers.",
)


class Runs:
    """The history of jobs, of the daily cycle and of runs that were ordered."""

    name: ClassVar[str] = "runs"
    title: ClassVar[str] = "Run history"
    question: ClassVar[str] = "What ran, when, and with which result?"
    group: ClassVar[str] = "Work"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SINCE._replace(default=lambda today: today.replace(day=1).isoformat()),
        UNTIL,
        _LIMIT,
    )

    def run(self, asked: Asked) -> ReportResult:
        """One row for each run, the latest first."""
        limit = asked.count("limit")
        found = sorted(_runs(asked, limit), key=lambda one: one[0], reverse=True)[:limit]
        notes = list(_NOTES)
        if len(found) == limit:
            notes.append(f"These are the latest {limit:,}; ask for more by limit.")
        return ReportResult(_COLUMNS, [row for _, row in found], (), notes)


def _runs(asked: Asked, limit: int) -> Iterator[tuple[datetime, ReportRow]]:
    since, until = (datetime.combine(day, time.min, UTC) for day in asked.period)
    within = {"started_at__gte": since, "started_at__lt": until}
    for run in JobRun.objects.filter(**within).order_by("-started_at")[:limit]:
        state = "done" if run.finished_at else "begun, not finished"
        yield (
            run.started_at,
            _row(f"job {run.job}", run.slot, run.started_at, run.finished_at, state, run.summary),
        )
    steps = CycleStep.objects.filter(**within).select_related("cycle").order_by("-started_at")
    for step in steps[:limit]:
        assert step.started_at is not None
        yield (
            step.started_at,
            _row(
                f"cycle {step.name}",
                step.cycle.day.isoformat(),
                step.started_at,
                step.finished_at,
                step.status,
                step.summary,
                step.error,
            ),
        )
    ordered = ScheduledRun.objects.filter(**within)
    if asked.sellers is not None:
        ordered = ordered.filter(seller__in=asked.sellers)
    for one in ordered.order_by("-started_at")[:limit]:
        assert one.started_at is not None
        yield (
            one.started_at,
            _row(
                f"ordered {one.kind} run",
                one.public_id,
                one.started_at,
                one.finished_at,
                one.status,
                one.summary,
                one.error,
            ),
        )


def _row(
    what: str,
    slot: str,
    started: datetime,
    finished: datetime | None,
    state: str,
    summary: Mapping[str, Any],
    error: str = "",
) -> ReportRow:
    took = None
    if finished is not None:
        took = Decimal(round((finished - started).total_seconds() * 10)).scaleb(-1)
    # What a job keeps for itself, as where it was, is nothing to read.
    said = ", ".join(
        f"{key.replace('_', ' ')} {value}"
        for key, value in summary.items()
        if not isinstance(value, Mapping)
    )
    return ReportRow(
        {
            "what": what,
            "for": slot,
            "started": f"{started.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            "seconds": took,
            "state": state,
            "said": error or said,
        }
    )
