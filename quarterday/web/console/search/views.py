"""One box that finds everything: as one types, and as a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.search.present import find_groups
from quarterday.web.kit.clock import read_today

_AS_ONE_TYPES, _PAGE = 5, 20


@require_safe
@staff_page(StaffPermission.FIND_PAYER)
def results(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All that was found, as a page."""
    text = _asked(request)
    groups = find_groups(staff, text, today=read_today(staff.seller), limit=_PAGE)
    context = {"searched": text, "groups": groups}
    return show(request, staff, "console/search/results.html", context, title="Search")


@require_safe
@staff_page(StaffPermission.FIND_PAYER)
def found(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The first few of each kind, under the box."""
    text = _asked(request)
    today = read_today(staff.seller)
    groups = find_groups(staff, text, today=today, limit=_AS_ONE_TYPES, is_typing=True)
    context = {"searched": text, "groups": groups, "count": sum(len(one.hits) for one in groups)}
    return render(request, "console/search/found.html", context)


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]
