"""Hold accounts and let them go again, one or many; and what could not be billed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.runs.hold_billing import hold_billing
from quarterday.services.runs.release_billing import release_billing
from quarterday.store.models import Account, BillingHold, BillingProblem, User
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.console.run.choose import AccountsForm, ticked_names
from quarterday.web.console.run.present import HOME, name_account
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day


class HoldForm(AccountsForm):
    """Whom to hold, until when, and why."""

    reason = forms.CharField(
        label="Why", max_length=200, help_text="Staff read it; the customer does not."
    )
    until = forms.DateField(
        label="Last day of the hold",
        required=False,
        help_text="Leave it empty to hold until somebody releases them.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def holds(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Everybody whom billing passes over, the latest account first."""
    rows, pages = page_of(
        request,
        BillingHold.objects.filter(account__seller=staff.seller).select_related("account"),
    )
    may_act = staff.may(StaffPermission.BOOK_MONEY)
    names = _name_people(rows)
    columns = (Column("Account"), Column("Until"), Column("Why"), Column("Since"), Column("By"))
    cells = [
        [
            name_account(row, may_act),
            format_day(row.until, "short") if row.until else "released",
            row.reason,
            format_day(row.held_at.date(), "short"),
            names.get(row.actor, row.actor),
        ]
        for row in rows
    ]
    table = Table("Accounts on hold", columns, cells)
    context = {"table": table, "has_rows": bool(rows), "may_act": may_act, "home": HOME, **pages}
    return show(request, staff, "console/run/holds.html", context, title="On hold")


def _name_people(rows: Sequence[BillingHold]) -> dict[str, str]:
    users = User.objects.filter(public_id__in={row.actor for row in rows})
    return {one.public_id: one.name or one.email for one in users}


@staff_page(StaffPermission.BOOK_MONEY)
def new(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Hold accounts: whom, the effect, then done."""
    start = {"names": ticked_names(staff.seller, request)}
    form = HoldForm(staff.seller, request.POST or None, request.FILES or None, initial=start)
    effects: list[str] = []
    count = 0
    if request.method == "POST" and form.is_valid() and form.keys is not None:
        today, until = read_today(staff.seller), form.cleaned_data["until"]
        if until is not None and until < today:
            form.add_error("until", "This day has passed; choose today or a later one.")
        elif "confirm" in request.POST:
            return _hold(request, staff, form, today)
        else:
            count = len(form.keys)
            effects = _list_effects(staff, form.keys, until)
    context = {
        "form": form,
        "effects": effects,
        "question": "Hold their billing?",
        "verb": f"Hold {count:,} account{'' if count == 1 else 's'}",
        "lead": "Billing passes accounts over; nothing is lost.",
        "hint": "",
    }
    return show(request, staff, "console/run/order.html", context, title="Hold accounts")


def _list_effects(staff: Staff, keys: Sequence[int], until: date | None) -> list[str]:
    held = BillingHold.objects.filter(account__seller=staff.seller, account_id__in=keys).count()
    count = len(keys)
    names = list(
        Account.objects.filter(id__in=keys[:4]).order_by("id").values_list("name", flat=True)
    )
    some = ", ".join(names[:3]) + (f" and {count - 3:,} more" if count > 3 else "")
    end = f"through {format_day(until, 'weekday')}" if until else "until somebody releases them"
    found = [f"{some}: no invoices and no credit notes of contracts {end}."]
    if held:
        found.append(f"{held:,} of them are on hold already; day and reason are set anew.")
    found.append(
        "What falls due meanwhile is billed by the first run afterwards, with that day's date."
    )
    found.append("They cannot order anything that needs an invoice at once.")
    return found


def _hold(request: HttpRequest, staff: Staff, form: HoldForm, today: date) -> HttpResponse:
    try:
        changed = hold_billing(
            seller=staff.seller,
            account_ids=list(form.keys or ()),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            today=today,
            now=read_now(),
            actor=staff.actor,
        )
    except BillingError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
    said = "1 account is" if changed == 1 else f"{changed:,} accounts are"
    messages.success(request, f"{said} on hold. Release them here when it is over.")
    return HttpResponseRedirect(f"{HOME}holds/")


@require_POST
@staff_page(StaffPermission.BOOK_MONEY)
def release(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Release the accounts that were chosen."""
    rows = Account.objects.filter(
        seller=staff.seller, public_id__in=request.POST.getlist("account")
    )
    keys = list(rows.values_list("id", flat=True))
    if not keys:
        messages.error(request, "Nobody was chosen. Tick the accounts to release.")
        return HttpResponseRedirect(f"{HOME}holds/")
    lifted = release_billing(
        seller=staff.seller, account_ids=keys, now=read_now(), actor=staff.actor
    )
    messages.success(request, f"{lifted:,} released; the next run catches up.")
    return HttpResponseRedirect(f"{HOME}holds/")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def problems(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Accounts that the last runs could not bill, and why."""
    rows, pages = page_of(
        request,
        BillingProblem.objects.filter(account__seller=staff.seller).select_related("account"),
    )
    columns = (Column("Account"), Column("Why"), Column("Since"), Column("Last tried"))
    cells = [
        [
            name_account(row, may_choose=False),
            format_html("{}", row.reason),
            format_day(row.first_on, "short"),
            format_day(row.last_on, "short"),
        ]
        for row in rows
    ]
    table = Table("Could not be billed", columns, cells)
    context = {"table": table, "has_rows": bool(rows), **pages}
    return show(request, staff, "console/run/problems.html", context, title="Could not be billed")
