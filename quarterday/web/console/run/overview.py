"""What tonight will do: sums, what is different, whom it concerns, and what cannot be billed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.store.models import (
    BillingHold,
    BillingProblem,
    Foreseen,
    RunKind,
    ScheduledRun,
    Seller,
    WorkStatus,
)
from quarterday.store.queries.billing import count_due
from quarterday.store.queries.scope import Scope
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.run.present import (
    CHANGES,
    HOME,
    KINDS,
    list_sums,
    make_table,
    say_age,
    say_moment,
)
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day

_PAGE = 50
_OPEN = (WorkStatus.WAITING, WorkStatus.RUNNING)
_SORTS = {"unusual": "size_minor", "biggest": "total_minor"}


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def overview(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The latest preview with its age, and all that can be done with the run."""
    seller, now, today = staff.seller, read_now(), read_today(staff.seller)
    runs = ScheduledRun.objects.filter(seller=seller)
    previews = runs.filter(kind=RunKind.PREVIEW).order_by("-id")
    latest = previews.filter(status=WorkStatus.DONE).first()
    problems = BillingProblem.objects.filter(account__seller=seller).select_related("account")
    context: dict[str, Any] = {
        "today": today,
        "tonight": today + timedelta(days=1),
        "due_now": count_due(today, Scope(None, [seller.id])),
        "held": BillingHold.objects.filter(account__seller=seller).count(),
        "problems": problems.order_by("first_on", "account_id")[:6],
        "working": previews.filter(status__in=_OPEN).first(),
        "coming": [
            (run, KINDS[run.kind], say_moment(run.start_at, seller.time_zone))
            for run in runs.filter(status__in=_OPEN)
            .exclude(kind=RunKind.PREVIEW)
            .order_by("start_at")[:5]
        ],
        "may_act": staff.may(StaffPermission.BOOK_MONEY),
    }
    if latest is not None:
        context |= _show_preview(request, latest, seller, context["may_act"])
        context["age"] = say_age(latest.finished_at or now, now)
    return show(request, staff, "console/run/overview.html", context, title="Billing run")


def _show_preview(
    request: HttpRequest, run: ScheduledRun, seller: Seller, may_act: bool
) -> dict[str, Any]:
    changes = run.summary.get("changes", {}) | {"gone": run.summary.get("gone", 0)}
    change = request.GET.get("change", "")
    sort = request.GET.get("sort", "unusual")
    asked = request.GET.get("q", "").strip()
    rows = Foreseen.objects.filter(run=run, account__seller=seller).select_related("account")
    if change in CHANGES:
        rows = rows.filter(change=change)
    if asked:
        rows = rows.filter(
            Q(account__name__icontains=asked) | Q(account__external_id__istartswith=asked)
        )
    page, pages = _page(request, rows, _SORTS.get(sort, "size_minor"))
    return {
        "run": run,
        "on": format_day(date.fromisoformat(run.scope["on"]), "weekday"),
        "sums": list_sums(run.summary),
        "accounts": run.summary.get("accounts", 0),
        "documents": run.summary.get("documents", 0),
        "changes": [
            (name, word, changes.get(name, 0), name == change)
            for name, (word, _) in CHANGES.items()
        ],
        "change": change if change in CHANGES else "",
        "sort": sort if sort in _SORTS else "unusual",
        "asked": asked,
        "table": make_table(page, may_choose=may_act),
        "has_rows": bool(page),
        "home": HOME,
        **pages,
    }


def _page(
    request: HttpRequest, rows: QuerySet[Foreseen], column: str
) -> tuple[list[Foreseen], dict[str, str]]:
    """The page after the row named in the address: amount first, then key; none are counted."""
    place = _place(request.GET.get("after", ""))
    if place is not None:
        size, key = place
        rows = rows.filter(Q(**{f"{column}__lt": size}) | Q(**{column: size}, id__gt=key))
    found = list(rows.order_by(f"-{column}", "id")[: _PAGE + 1])
    more, found = len(found) > _PAGE, found[:_PAGE]
    values = request.GET.copy()
    values.pop("after", None)
    first = f"?{values.urlencode()}" if place is not None else ""
    if more:
        values["after"] = f"{getattr(found[-1], column)}.{found[-1].id}"
    return found, {"first_url": first, "more_url": f"?{values.urlencode()}" if more else ""}


def _place(text: str) -> tuple[int, int] | None:
    amount, _, key = text.partition(".")
    try:
        return int(amount), int(key)
    except ValueError:
        return None
