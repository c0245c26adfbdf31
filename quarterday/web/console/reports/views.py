"""Reports in the console: an index by question, a page for each, and its files."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.ports.report import Report, ReportResult, check_values, list_reports
from quarterday.services.reports.run_report import WAIT_SECONDS, run_report
from quarterday.services.reports.to_file import FILE_TYPES, file_name, to_file
from quarterday.store.models import ReportSchedule
from quarterday.store.queries.reports.limits import HeldUp
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.reports.ask import make_form
from quarterday.web.console.reports.present import present
from quarterday.web.kit.clock import read_today


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def index(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Every report by what it answers, and what is mailed by itself."""
    groups = groupby(list_reports().values(), key=lambda one: one.group)
    rows = ReportSchedule.objects.filter(seller=staff.seller, is_enabled=True).order_by("id")
    context = {
        "groups": [(name, list(found)) for name, found in groups],
        "schedules": [(row, title_of(row)) for row in rows],
        "may_mail": staff.may(StaffPermission.BOOK_MONEY),
    }
    return show(request, staff, "console/reports/index.html", context, title="Reports")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def report(request: HttpRequest, staff: Staff, name: str) -> HttpResponse:
    """One report: its parameters, its picture, its table."""
    found = find(name)
    context: dict[str, Any] = {"report": found, "error": ""}
    values = check_values(found, {}, read_today(staff.seller))
    try:
        result = _run(request, staff, found)
    except BillingError as error:
        asked = {key: request.GET.get(key, value) for key, value in values.items()}
        context |= {"error": str(error), "form": make_form(found, asked, ())}
        if isinstance(error, HeldUp):
            context |= {
                "mail_url": f"/console/reports/{name}/mail/?{urlencode(asked)}",
                "may_mail": staff.may(StaffPermission.BOOK_MONEY),
            }
        return _page(request, staff, context, status=_status(error))
    query = urlencode(result.values)
    currencies = [str(row.cells.get("currency", "")) for row in result.rows]
    context |= {
        "form": make_form(found, result.values, currencies),
        "parts": present(found.title, result),
        "notes": result.notes,
        "csv_url": f"/console/reports/{name}.csv?{query}",
        "xlsx_url": f"/console/reports/{name}.xlsx?{query}",
        "mail_url": f"/console/reports/{name}/mail/?{query}",
        "may_mail": staff.may(StaffPermission.BOOK_MONEY),
    }
    return _page(request, staff, context)


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def download(request: HttpRequest, staff: Staff, name: str, file_type: str) -> HttpResponse:
    """The report as a file."""
    found = find(name)
    if file_type not in FILE_TYPES:
        raise Http404
    try:
        result = _run(request, staff, found)
    except BillingError as error:
        return HttpResponse(
            f"{error}\n", status=_status(error), content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(
        to_file(found, result, file_type),
        content_type=FILE_TYPES[file_type],
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(found, result, file_type)}"'
        },
    )


def find(name: str) -> Report:
    """The report of an address; there is no page for others."""
    known = list_reports().get(name)
    if known is None:
        raise Http404
    return known


def title_of(row: ReportSchedule) -> str:
    """The title of a scheduled report, even of one that is not there any more."""
    known = list_reports().get(row.report)
    return known.title if known else row.report


def _status(error: BillingError) -> int:
    return 503 if isinstance(error, HeldUp) else 422


def _run(request: HttpRequest, staff: Staff, found: Report) -> ReportResult:
    """What was asked for, of the seller that staff look at; parameters of others are ignored."""
    known = {one.name for one in found.parameters}
    given = {key: request.GET.get(key, "") for key in request.GET if key in known}
    today = read_today(staff.seller)
    return run_report(
        found.name, given, today=today, sellers=[staff.seller.id], seconds=WAIT_SECONDS
    )


def _page(
    request: HttpRequest, staff: Staff, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    title = context["report"].title
    return show(request, staff, "console/reports/report.html", context, title=title, status=status)
