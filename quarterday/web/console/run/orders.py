"""Order runs: a preview, billing at once, and billing on a day."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.runs.order_on_day import order_on_day
from quarterday.services.runs.order_run import order_run
from quarterday.services.runs.work_at import work_at
from quarterday.store.fields import make_public_id
from quarterday.store.models import RunKind, ScheduledRun, WorkStatus
from quarterday.store.queries.billing import count_due
from quarterday.store.queries.scope import Scope
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.run.choose import AccountsForm, ticked_names
from quarterday.web.console.run.present import HOME
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day

# So few are done while somebody waits; more are left to a worker.
_FEW = 300
_OPEN = (WorkStatus.WAITING, WorkStatus.RUNNING)
# A run of a day far away has all bills until then.
_FARTHEST = timedelta(days=366)


@require_POST
@staff_page(StaffPermission.SEE_MONEY)
def preview(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Foresee the run of a day, tonight's by default; one preview at a time."""
    seller, today = staff.seller, read_today(staff.seller)
    on = _read_day(request.POST.get("on", ""), today + timedelta(days=1))
    if on > today + _FARTHEST:
        messages.error(request, "Choose a day within the next year.")
        return HttpResponseRedirect(HOME)
    open_runs = ScheduledRun.objects.filter(
        seller=seller, kind=RunKind.PREVIEW, status__in=_OPEN
    ).order_by("id")
    run = open_runs.first() or order_run(
        seller=seller,
        kind=RunKind.PREVIEW,
        now=read_now(),
        scope={"on": max(on, today).isoformat()},
        actor=staff.actor,
    )
    if count_due(on, Scope(None, [seller.id])) <= _FEW:
        work_at(read_now, run)
    return HttpResponseRedirect(HOME)


def _read_day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


class NowForm(AccountsForm):
    """Whom to bill at once."""

    empty_means_all = True


class PlanForm(AccountsForm):
    """Whom to bill, and when."""

    empty_means_all = True
    on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ("on",)


@staff_page(StaffPermission.BOOK_MONEY)
def now(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Bill what is due today: whom, the effect, and then progress."""
    form = NowForm(
        staff.seller, request.POST or None, request.FILES or None, initial=_start(request, staff)
    )
    effects: list[str] = []
    if request.method == "POST" and form.is_valid():
        today = read_today(staff.seller)
        due = count_due(today, Scope(form.keys, [staff.seller.id]))
        if "confirm" in request.POST:
            return _order(request, staff, form, today)
        effects = [
            f"{due:,} {'account is' if due == 1 else 'accounts are'} due by "
            f"{format_day(today, 'weekday')} and will be billed now.",
            "Invoices get their numbers at once and cannot be taken back, only credited.",
            "Open credit is used, and mails with the invoices wait for the next delivery.",
            "Accounts on hold are passed over.",
        ]
    context = {
        "form": form,
        "effects": effects,
        "question": "Bill what is due now?",
        "verb": "Bill now",
        "lead": "The daily run does this by itself each night.",
        "key": make_public_id("run"),
        "hint": "Leave everything empty to bill all accounts that are due.",
    }
    return show(request, staff, "console/run/order.html", context, title="Run now")


@staff_page(StaffPermission.BOOK_MONEY)
def plan(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Order billing for a day: whom, when, the effect."""
    form = PlanForm(
        staff.seller, request.POST or None, request.FILES or None, initial=_start(request, staff)
    )
    effects: list[str] = []
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if on < read_today(staff.seller):
            form.add_error("on", "This day has passed; choose today or a later one.")
        elif "confirm" in request.POST:
            return _order(request, staff, form, on)
        else:
            who = "all accounts" if form.keys is None else f"{len(form.keys):,} accounts"
            effects = [
                f"On {format_day(on, 'weekday')} at 5 in the morning, {who} are billed for what "
                "is due by then.",
                "Until it begins it can be cancelled in the list of runs.",
            ]
    context = {
        "form": form,
        "effects": effects,
        "question": "Order this run?",
        "verb": "Order the run",
        "lead": "Beside the daily run, at a day of your choice.",
        "key": make_public_id("run"),
        "hint": "Leave the accounts empty for all that are due by then.",
    }
    return show(request, staff, "console/run/order.html", context, title="Schedule a run")


def _order(request: HttpRequest, staff: Staff, form: AccountsForm, on: date) -> HttpResponse:
    scope = {} if form.keys is None else {"accounts": list(form.keys)}
    try:
        run = order_on_day(
            seller=staff.seller,
            kind=RunKind.BILLING,
            on=on,
            now=read_now(),
            scope=scope,
            total=len(form.keys or ()),
            key=request.POST.get("key", ""),
            actor=staff.actor,
        )
    except BillingError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
    if count_due(on, Scope(form.keys, [staff.seller.id])) <= _FEW:
        work_at(read_now, run)
    return HttpResponseRedirect(f"{HOME}orders/{run.public_id}/")


def _start(request: HttpRequest, staff: Staff) -> dict[str, str]:
    return {"names": ticked_names(staff.seller, request)}
