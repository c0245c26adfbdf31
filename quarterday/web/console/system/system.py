"""Whether the work of each day is done: cycles with their steps, jobs, queues, alerts, set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.period import local_date
from quarterday.ports.clock import is_moved
from quarterday.ports.job import list_jobs
from quarterday.services.doctor.finding import Level, Visit
from quarterday.services.doctor.run_doctor import run_doctor
from quarterday.store.models import Alert, Cycle, CycleStep, WorkStatus
from quarterday.store.queries.attention import alerts_of, is_everybody, open_alerts
from quarterday.store.queries.cycles import list_cycles, list_last_runs
from quarterday.store.queries.signs import read_signs
from quarterday.store.queries.waiting_work import count_queues
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.system.times import say_ago, say_at, say_long
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.words import format_day

_DAYS = 14
_PILLS = {
    WorkStatus.WAITING: ("void", "Waiting"),
    WorkStatus.RUNNING: ("created", "Under way"),
    WorkStatus.DONE: ("paid", "Done"),
    WorkStatus.FAILED: ("failed", "Failed"),
    WorkStatus.STOPPED: ("paused", "Stopped"),
}
_STEPS = {
    "usage": "See what was used",
    "run": "Bill what is due",
    "credit": "Use and expire credit",
    "collect": "Charge what is due",
    "dun": "Remind, and draw consequences",
    "deliver": "Send messages",
    "reconcile": "Compare with the bank",
    "check": "Prove the books",
}
# What a queue is called, and the page that lists its rows of a state; nothing where none does.
_QUEUES = {
    "messages": ("Messages", "/console/lists/messages/?show=all&state={state}"),
    "deliveries": ("Mails and texts", "/console/lists/deliveries/?show=all&state={state}"),
    "gateway_events": (
        "Reports of gateways",
        "/console/lists/gateway-events/?show=all&state={state}",
    ),
    "bank_lines": ("Bank lines", "/console/inbox/?kind=bank"),
    "services": ("Services", "/console/system/services/?show={state}"),
    "hooks": ("Webhooks", ""),
    "dunning": ("Reminders", "/console/lists/invoices/?show=reminders_{state}"),
    "tasks": ("Tasks", "/console/tasks/?show={state}"),
}


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def system(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The last day step by step, then the days before, jobs and queues."""
    now, zone = read_now(), staff.seller.time_zone
    cycles = list_cycles(_DAYS)
    signs = read_signs(now)
    alerts = open_alerts(staff.sellers)
    over = alerts_of(staff.sellers).filter(resolved_at__isnull=False)
    context = {
        "signs": signs,
        "beat": say_long(signs.beat_age) if signs.beat_age is not None else "",
        "today": _cycle(*cycles[0], staff, now) if cycles else None,
        "days": [_day(cycle, steps) for cycle, steps in cycles],
        "alerts": [_alert(one, zone, now) for one in alerts.order_by("-raised_at")[:50]],
        "past": [_alert(one, zone, now) for one in over.order_by("-id")[:5]],
        "jobs": _list_jobs(zone, now),
        "queues": _list_queues(staff),
    }
    if not cycles:
        title = "No day’s work was done yet"
    else:
        state = {WorkStatus.DONE: "is done", WorkStatus.FAILED: "failed in part"}
        status = WorkStatus(cycles[0][0].status)
        word = state.get(status, "is under way" if signs.is_worker_up else "stands still")
        is_today = cycles[0][0].day == local_date(now, zone)
        day = "today" if is_today else format_day(cycles[0][0].day)
        title = f"The work of {day} {word}"
    return show(request, staff, "console/system/system.html", context, title=title)


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def doctor(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What the doctor finds, for who works for all sellers; no other host is asked from a page."""
    if not is_everybody(staff.sellers):
        return refuse_role(request, staff)
    found = list(run_doctor(Visit(read_now(), is_moved(), is_offline=True)))
    wrong = [one for one in found if one.level is not Level.OK]
    context = {"wrong": wrong, "fine": [one for one in found if one.level is Level.OK]}
    count = len(wrong)
    title = f"{count} thing{'s' if count != 1 else ''} in the set-up want attention"
    title = title if count else "The set-up is as it should be"
    return show(request, staff, "console/system/doctor.html", context, title=title)


def _cycle(cycle: Cycle, steps: list[CycleStep], staff: Staff, now: datetime) -> Mapping[str, Any]:
    is_open = cycle.status in (WorkStatus.WAITING, WorkStatus.RUNNING)
    return {
        "day": cycle.day,
        "pill": _PILLS[WorkStatus(cycle.status)],
        "heartbeat": say_ago(cycle.heartbeat_at, now) if is_open and cycle.heartbeat_at else "",
        "worker": cycle.worker,
        "steps": [_step(step, staff, now) for step in steps],
    }


def _step(step: CycleStep, staff: Staff, now: datetime) -> Mapping[str, Any]:
    ended = step.finished_at or (now if step.status == WorkStatus.RUNNING else None)
    taken = say_long(ended - step.started_at) if step.started_at and ended else ""
    own = {one.code for one in staff.sellers} | {step.name}
    failed = step.summary.get("failed", {})
    errors = [str(one["error"]) for part, one in failed.items() if part in own and "error" in one]
    return {
        "label": _STEPS.get(step.name, step.name),
        "name": step.name,
        "pill": _PILLS[WorkStatus(step.status)],
        "at": say_at(step.started_at, staff.seller.time_zone, now),
        "taken": taken,
        "tries": step.tries,
        "error": "; ".join(errors),
        "said": _say_parts(step, own),
    }


def _say_parts(step: CycleStep, own: set[str]) -> list[str]:
    """What a step did for each seller of who asks, in the figures that it gave."""
    said = []
    for part, values in step.summary.get("parts", {}).items():
        figures = [
            f"{name.replace('_', ' ')} {value}"
            for name, value in values.items()
            if isinstance(value, int | str) and name != "at" and value != ""
        ]
        if figures and part in own:
            said.append(f"{part}: {', '.join(figures[:8])}")
    return said


def _day(cycle: Cycle, steps: list[CycleStep]) -> Mapping[str, Any]:
    took = cycle.finished_at - cycle.started_at if cycle.finished_at and cycle.started_at else None
    return {
        "day": cycle.day,
        "pill": _PILLS[WorkStatus(cycle.status)],
        "took": say_long(took) if took is not None else "",
        "troubled": [one.name for one in steps if one.status == WorkStatus.FAILED or one.error],
    }


def _alert(alert: Alert, zone: str, now: datetime) -> Mapping[str, Any]:
    return {
        "alert": alert,
        "at": say_at(alert.raised_at, zone, now),
        "over": say_at(alert.resolved_at, zone, now),
        "is_told": alert.told_at is not None,
    }


def _list_jobs(zone: str, now: datetime) -> list[Mapping[str, Any]]:
    """Every job; those that run row by row keep no record of their own."""
    runs = list_last_runs()
    found = []
    for job in list_jobs().values():
        began, ended = runs.get(job.name, (None, None))
        found.append(
            {
                "name": job.name,
                "about": _first_sentence(type(job).__doc__ or ""),
                "every": say_long(job.every),
                "at": say_at(began, zone, now) or ("" if job.is_recorded else "as work comes"),
                "taken": say_long(ended - began) if began and ended else "",
            }
        )
    return sorted(found, key=lambda one: str(one["name"]))


def _first_sentence(text: str) -> str:
    words = " ".join(text.replace("`", "").split())
    return re.split(r"(?<=[.;])\s", words, maxsplit=1)[0].rstrip(".;")


def _list_queues(staff: Staff) -> list[tuple[str, str, int, str]]:
    """What waits of the seller, with the list of exactly that."""
    counts = count_queues(staff.seller)
    lines = [count for (queue, _), count in counts.items() if queue == "bank_lines"]
    counts = {key: count for key, count in counts.items() if key[0] != "bank_lines"}
    # The inbox has both of their states in one.
    counts |= {("bank_lines", "not placed"): sum(lines)} if lines else {}
    found = []
    for (queue, state), count in sorted(counts.items()):
        label, url = _QUEUES.get(queue, (queue.replace("_", " ").capitalize(), ""))
        found.append((label, state, count, url.format(state=state)))
    return found
