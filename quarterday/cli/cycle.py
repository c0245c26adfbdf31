"""``quarterday cycle``: how far the work of a day is, and what became of earlier days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json, Limit, day_option
from quarterday.cli.output import print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Cycle, CycleStep

group = make_group("The work of each day: usage, run, credit, collect, remind, deliver, check.")


@command(group, "show")
def show(
    day: Annotated[date | None, day_option("--day", text="This day instead of the last.")] = None,
    as_json: Json = False,
) -> None:
    """Show how far the work of a day is, step by step."""
    from quarterday.services.errors import NotFound
    from quarterday.store.models import Cycle

    rows = Cycle.objects.all() if day is None else Cycle.objects.filter(day=day)
    cycle = rows.order_by("day").last()
    if cycle is None:
        raise NotFound("there is no such cycle yet; quarterday work (or serve) makes one each day")
    steps = [_record(step) for step in cycle.steps.order_by("position")]
    if as_json:
        print_json({**_summarize(cycle), "steps": steps})
        return
    print_facts(
        (name.replace("_", " "), str(value)) for name, value in _summarize(cycle).items() if value
    )
    say()
    print_list(steps, "step status tries started took said error")


@command(group, "run")
def run(as_json: Json = False) -> None:
    """Do the work of today now, without waiting for the hours of its steps.

    What is done already is not done again; a worker that is at it is left alone.
    """
    from quarterday.ports.job import find_cycle
    from quarterday.services.operations.refuse_unsafe import refuse_unsafe

    refuse_unsafe()
    found = find_cycle().run_days(early=True)
    if as_json:
        print_json(found)
    elif found:
        for day, status in found.items():
            say(f"{day}: {status}")
    else:
        say("There was nothing to do; see: quarterday cycle show")
    if any(status not in ("done", "under way") for status in found.values()):
        raise typer.Exit(ExitCode.INCOMPLETE)


@command(group, "history")
def history(limit: Limit = 30, as_json: Json = False) -> None:
    """List the days, the last first."""
    from quarterday.store.models import Cycle

    rows = Cycle.objects.order_by("-day")
    records = [_summarize(cycle) for cycle in (rows[:limit] if limit else rows)]
    print_list(records, "day status started_at finished_at", as_json=as_json)


def _summarize(cycle: Cycle) -> dict[str, Any]:
    return {
        "day": cycle.day.isoformat(),
        "status": str(cycle.status),
        "started_at": cycle.started_at,
        "heartbeat_at": cycle.heartbeat_at,
        "finished_at": cycle.finished_at,
        "worker": cycle.worker,
    }


def _record(step: CycleStep) -> dict[str, Any]:
    parts = step.summary.get("parts", {}).values()
    took = f"{sum(one.get('seconds', 0) for one in parts):.1f} s" if parts else None
    return {
        "step": step.name,
        "status": str(step.status),
        "tries": step.tries,
        "started": step.started_at,
        "took": took,
        "said": _say(step.summary),
        "error": step.error,
        "summary": step.summary,
    }


def _say(summary: Mapping[str, Any]) -> str:
    """What the parts of a step said, in one line: numbers that are not nothing."""
    parts = summary.get("parts", {})
    said = []
    for part, facts in parts.items():
        counts = [f"{name} {value}" for name, value in facts.items() if _tells(value)]
        if counts:
            said.append(f"{part}: {', '.join(counts)}")
    said += [f"{part} fails ({one['tries']}x)" for part, one in summary.get("failed", {}).items()]
    return "; ".join(said)


def _tells(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
