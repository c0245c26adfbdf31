"""Runs that were ordered: the list, one with its progress, and stopping it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.runs.stop_run import stop_run
from quarterday.store.models import RunKind, ScheduledRun, User, WorkStatus
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.console.run.present import HOME, KINDS, list_facts, say_moment, say_status
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.words import format_money

_OPEN = (WorkStatus.WAITING, WorkStatus.RUNNING)


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def orders(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All runs that were ordered, the latest first."""
    asked = ScheduledRun.objects.filter(seller=staff.seller).exclude(kind=RunKind.PREVIEW)
    rows, pages = page_of(request, asked, size=30)
    names = _name_people(rows)
    columns = (
        Column("Run"),
        Column("State"),
        Column("Begins"),
        Column("Accounts", is_amount=True),
        Column("Invoiced", is_amount=True),
        Column("Ordered by"),
    )
    cells = [
        [
            format_html(
                '<a href="{}orders/{}/">{}</a>', HOME, run.public_id, KINDS[RunKind(run.kind)]
            ),
            say_status(run),
            say_moment(run.start_at, staff.seller.time_zone),
            f"{run.done:,}",
            _say_invoiced(run),
            names.get(run.actor, run.actor),
        ]
        for run in rows
    ]
    context = {
        "table": Table("Runs", columns, cells),
        "has_rows": bool(rows),
        "may_act": staff.may(StaffPermission.BOOK_MONEY),
        "home": HOME,
        **pages,
    }
    return show(request, staff, "console/run/orders.html", context, title="Runs")


def _name_people(rows: list[ScheduledRun]) -> dict[str, str]:
    users = User.objects.filter(public_id__in={row.actor for row in rows})
    return {one.public_id: one.name or one.email for one in users}


def _say_invoiced(run: ScheduledRun) -> str:
    found = run.summary.get("invoiced", {})
    return ", ".join(format_money(minor, code) for code, minor in sorted(found.items())) or "–"


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def order(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """One run: how far it is, what it did, and what it could not do."""
    run = _find(staff, key)
    names = _name_people([run])
    context = _show(run, staff) | {
        "who": names.get(run.actor, run.actor),
        "asked": say_moment(run.asked_at, staff.seller.time_zone),
    }
    title = f"{KINDS[RunKind(run.kind)]} run"
    return show(request, staff, "console/run/run.html", context, title=title)


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def progress(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """The part of the page that asks again every two seconds while the run works."""
    return render(request, "console/run/progress.html", _show(_find(staff, key), staff))


@require_POST
@staff_page(StaffPermission.BOOK_MONEY)
def stop(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Stop a run; what it has done stands."""
    run = _find(staff, key)
    try:
        stop_run(run=run, now=read_now(), actor=staff.actor)
        messages.success(request, "Stopped. What the run has done stands.")
    except BillingError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(f"{HOME}orders/{run.public_id}/")


def _find(staff: Staff, key: str) -> ScheduledRun:
    run = ScheduledRun.objects.filter(seller=staff.seller, public_id=key).first()
    if run is None:
        raise Http404
    return run


def _show(run: ScheduledRun, staff: Staff) -> dict[str, Any]:
    is_open, unreached = run.status in _OPEN, run.summary.get("unreached_names", [])
    return {
        "run": run,
        "is_open": is_open,
        "is_waiting": run.status == WorkStatus.WAITING and run.start_at > read_now(),
        "total": max(run.total, run.done, 1),
        "facts": list_facts(run, staff.seller.time_zone),
        "errors": run.summary.get("errors", []),
        "unreached": unreached,
        "more_unreached": max(0, run.summary.get("unreached", 0) - len(unreached)),
        "more_errors": max(0, run.summary.get("failed", 0) - len(run.summary.get("errors", []))),
        "may_act": staff.may(StaffPermission.BOOK_MONEY),
        "home": HOME,
    }
