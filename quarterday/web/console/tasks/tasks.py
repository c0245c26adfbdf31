"""Tasks: those of one's own first; each is given to somebody, done or dismissed where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day
from quarterday.core.period import local_date
from quarterday.services.tasks.assign_task import assign_task
from quarterday.services.tasks.close_task import close_task
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Task, TaskStatus, User
from quarterday.store.queries.attention import open_tasks, pressing_tasks
from quarterday.store.queries.staff import list_staff
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.inbox.inputs import read_account
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today

_HOME = "/console/tasks/"
_MOST = 100
_LABELS = {"mine": "Mine", "due": "Due", "open": "Everybody’s", "closed": "Closed"}
_MAY = (
    StaffPermission.CHANGE_CUSTOMERS,
    StaffPermission.CHANGE_SERVICES,
    StaffPermission.BOOK_MONEY,
)


@require_safe
@staff_page(StaffPermission.SEE_CUSTOMERS)
def list_tasks(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Open ones that are mine or nobody's, those of them that are due, all, or what is over."""
    return _show(request, staff)


@require_POST
@staff_page(StaffPermission.SEE_CUSTOMERS)
def do(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Assign, done or dismiss; what was done is said, and the list is where it was."""
    if not may_change(staff):
        return refuse_role(request, staff)
    task = Task.objects.filter(seller=staff.seller, public_id=key).first()
    if task is None:
        raise Http404
    deed, now = request.POST.get("deed", ""), read_now()
    if deed not in ("assign", TaskStatus.DONE, TaskStatus.DISMISSED):
        raise Http404
    try:
        if deed == "assign":
            user = _find_colleague(staff, request.POST.get("user", ""))
            assign_task(task=task, user=user, now=now, actor=staff.actor)
            whose = (user.name or user.email) if user else "nobody in particular"
            messages.success(request, f"“{task.title}” is for {whose}.")
        else:
            note = request.POST.get("note", "").strip()
            if deed == TaskStatus.DISMISSED and not note:
                raise BillingError("say why it need not be done")
            close_task(task=task, status=TaskStatus(deed), now=now, note=note, actor=staff.actor)
            messages.success(request, f"“{task.title}” is {deed}.")
    except BillingError as error:
        messages.error(request, _sentence(error))
    return _back(request)


@require_POST
@staff_page(StaffPermission.SEE_CUSTOMERS)
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """A new task. The form carries its key, so that sending it twice makes one."""
    if not may_change(staff):
        return refuse_role(request, staff)
    values = {name: str(value).strip() for name, value in request.POST.items()}
    try:
        account = values.get("account", "")
        task = open_task(
            seller=staff.seller,
            key=f"by hand {values.get('key', '')[:64] or uuid4().hex}",
            kind="by_hand",
            title=values.get("title", ""),
            text=values.get("text", ""),
            account=read_account(staff.seller, account) if account else None,
            due_on=_read_day(values.get("due_on", "")),
            assigned_to=_find_colleague(staff, values.get("user", "")),
            now=read_now(),
            actor=staff.actor,
        )
    except BillingError as error:
        return _show(request, staff, error=_sentence(error), given=values)
    messages.success(request, f"Added: {task.title}")
    return _back(request)


def may_change(staff: Staff) -> bool:
    """Whoever may change something may work at tasks; who only looks may not."""
    return any(staff.may(one) for one in _MAY)


def _show(
    request: HttpRequest, staff: Staff, *, error: str = "", given: dict[str, str] | None = None
) -> HttpResponse:
    asked = request.GET.get("show", "mine")
    asked = asked if asked in _LABELS else "mine"
    mine = Q(assigned_to=staff.user) | Q(assigned_to__isnull=True)
    due = pressing_tasks(staff.user, read_today(staff.seller))
    rows = open_tasks(staff.seller)
    pages: dict[str, Any] = {}
    if asked == "closed":
        closed = Task.objects.filter(seller=staff.seller).exclude(status=TaskStatus.OPEN)
        found, pages = page_of(request, _with(closed))
    else:
        wanted = _with({"mine": rows.filter(mine), "due": rows.filter(due)}.get(asked, rows))
        found = list(wanted.order_by(F("due_on").asc(nulls_last=True), "id")[:_MOST])
    today = read_today(staff.seller)
    colleagues = [one.user for one in list_staff(staff.seller)]
    context = {
        "rows": [_row(one, staff, today) for one in found],
        "tabs": [
            ("mine", _LABELS["mine"], rows.filter(mine).count()),
            ("due", _LABELS["due"], rows.filter(due).count()),
            ("open", _LABELS["open"], rows.count()),
            ("closed", _LABELS["closed"], 0),
        ],
        "asked": asked,
        "colleagues": list({one.id: one for one in colleagues}.values()),
        "may_change": may_change(staff),
        "error": error,
        "given": given or {},
        "key": (given or {}).get("key") or uuid4().hex,
        **pages,
    }
    return show(request, staff, "console/tasks/tasks.html", context, title="Tasks")


def _with(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related("account", "assigned_to")


def _row(task: Task, staff: Staff, today: date) -> dict[str, Any]:
    whose = task.assigned_to
    name = "Nobody’s" if whose is None else "Yours" if whose.id == staff.user.id else ""
    late = task.status == TaskStatus.OPEN and task.due_on is not None and task.due_on <= today
    return {
        "task": task,
        "whose": name or (whose and (whose.name or whose.email)),
        "is_late": late and task.due_on != today,
        "is_today": late and task.due_on == today,
        "opened_on": local_date(task.created_at, staff.seller.time_zone),
        "closed_on": task.closed_at and local_date(task.closed_at, staff.seller.time_zone),
    }


def _find_colleague(staff: Staff, public_id: str) -> User | None:
    """Somebody who works for the seller; nobody for nothing."""
    if not public_id:
        return None
    for one in list_staff(staff.seller):
        if one.user.public_id == public_id:
            return one.user
    raise BillingError("that person does not work here any more")


def _read_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return check_day(date.fromisoformat(text))
    except ValueError:
        raise BillingError(f"{text!r} is no date such as 2026-01-31") from None


def _back(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("show", "")
    return HttpResponseRedirect(f"{_HOME}?{urlencode({'show': asked})}" if asked else _HOME)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
