"""What staff see first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show


@require_safe
@staff_page(StaffPermission.FIND_PAYER)
def home(request: HttpRequest, staff: Staff) -> HttpResponse:
    """How the business stands, and what waits."""
    return show(request, staff, "console/home/home.html", title="Home")
