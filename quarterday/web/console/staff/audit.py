"""The audit log: who did what, to whom, and when; as a page and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.store.models import Event
from quarterday.store.queries.audit import (
    AuditFilter,
    is_frozen,
    iterate_events,
    list_events,
    name_accounts,
    name_actors,
)
from quarterday.store.queries.exports.cells import CsvWriter
from quarterday.store.queries.people import find_user
from quarterday.store.queries.references import find_account
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now


def _hint(text: str) -> forms.TextInput:
    return forms.TextInput(attrs={"placeholder": text})


_DATE = forms.DateInput(attrs={"type": "date"})


class FilterForm(forms.Form):
    """What to look for; all of it may be left out."""

    who = forms.CharField(
        label="Who", max_length=254, required=False, widget=_hint("Email address or id")
    )
    what = forms.CharField(
        label="What", max_length=48, required=False, widget=_hint("approval, staff.added…")
    )
    account = forms.CharField(label="Account", max_length=128, required=False)
    first = forms.DateField(label="From", required=False, widget=_DATE)
    last = forms.DateField(label="To", required=False, widget=_DATE)
    system = forms.BooleanField(label="Also what runs by itself", required=False)


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def audit(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The log, the newest first."""
    form, asked = _read(request, staff)
    before = request.GET.get("before", "")
    is_key = before.isascii() and before.isdecimal() and len(before) < 19
    page = list_events(asked, before=int(before) if is_key else None) if asked else None
    rows = page.rows if page else []
    query = request.GET.copy()
    query.pop("before", None)
    older = query.copy()
    if page and page.before:
        older["before"] = str(page.before)
    context = {
        "form": form,
        "rows": _lines(rows, staff),
        "next_url": f"?{older.urlencode()}" if page and page.before else "",
        "newest_url": f"?{query.urlencode()}" if before else "",
        "csv_url": f"/console/staff/audit.csv?{query.urlencode()}",
        "is_frozen": is_frozen(),
    }
    status = 422 if form.errors else 200
    title = "Audit log"
    return show(request, staff, "console/staff/audit.html", context, title=title, status=status)


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def audit_csv(request: HttpRequest, staff: Staff) -> HttpResponse | StreamingHttpResponse:
    """What the filter finds, as CSV; at most 100,000 rows."""
    _, asked = _read(request, staff)
    if asked is None:
        return HttpResponse("The filter is wrong; go back and correct it.", status=422)
    name = f"audit-{staff.seller.code}-{read_now():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _write(asked),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _write(asked: AuditFilter) -> Iterator[str]:
    parts: list[str] = []
    writer = CsvWriter(parts.append)
    writer.row(["at", "kind", "subject", "account", "actor", "data"])
    for row in iterate_events(asked):
        at = row.at.isoformat()
        writer.row([at, row.kind, row.subject, row.account_id or "", row.actor, row.data])
        if len(parts) > 500:
            yield "".join(parts)
            parts.clear()
    yield "".join(parts)


def _read(request: HttpRequest, staff: Staff) -> tuple[FilterForm, AuditFilter | None]:
    form = FilterForm(request.GET)
    if not form.is_valid():
        return form, None
    given = form.cleaned_data
    actor, account_id = given["who"].strip(), None
    try:
        if "@" in actor:
            actor = find_user(actor).public_id
    except BillingError:
        form.add_error("who", "Nobody signs in with this address.")
    try:
        if given["account"]:
            account_id = find_account(given["account"].strip(), staff.seller.code).id
    except BillingError:
        form.add_error("account", "There is no account of this name.")
    if form.errors:
        return form, None
    return form, AuditFilter(
        seller=staff.seller,
        actor=actor,
        kind=given["what"].strip(),
        account_id=account_id,
        first=_day(given["first"]),
        last=_day(given["last"]),
        with_system=given["system"],
    )


def _day(value: date | None) -> date | None:
    # The very first and last days have no instant in every zone.
    return value if value and date(1970, 1, 2) <= value <= date(9000, 1, 1) else None


def _lines(rows: list[Event], staff: Staff) -> list[dict[str, Any]]:
    people, accounts = name_actors(rows), name_accounts(rows)
    zone = ZoneInfo(staff.seller.time_zone)
    return [
        {
            "at": _show_instant(row.at, zone),
            "instant": row.at,
            "what": row.kind.replace(".", ": ").replace("_", " "),
            "who": _name(row.actor, people),
            "subject": _name(row.subject, people),
            "account": accounts.get(row.account_id or 0),
            "data": [
                (name.replace("_", " "), value if isinstance(value, str) else json.dumps(value))
                for name, value in json.loads(row.data).items()
            ],
        }
        for row in rows
    ]


def _show_instant(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _name(key: str, people: dict[str, Any]) -> str:
    user = people.get(key)
    return (user.name or user.email) if user else key
