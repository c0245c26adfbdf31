"""Services outside: how each is, how it is to be, and what was last asked of whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.store.models import ServiceCall, ServiceState, ServiceStatus
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.console.system.times import say_ago, say_at
from quarterday.web.kit.clock import read_now

_TABS = {
    "attention": ("Need somebody", [ServiceStatus.FAILED, ServiceStatus.MANUAL]),
    "failed": ("Failed", [ServiceStatus.FAILED]),
    "manual": ("By hand", [ServiceStatus.MANUAL]),
    "due": ("Being driven", [ServiceStatus.DUE]),
    "settled": ("As they should be", [ServiceStatus.SETTLED]),
}
_PILLS = {
    ServiceStatus.SETTLED: ("paid", "Settled"),
    ServiceStatus.DUE: ("created", "Being driven"),
    ServiceStatus.MANUAL: ("pending", "By hand"),
    ServiceStatus.FAILED: ("failed", "Failed"),
}


@require_safe
@staff_page(StaffPermission.SEE_CUSTOMERS)
def services(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Those that need somebody first."""
    now, zone = read_now(), staff.seller.time_zone
    own = ServiceState.objects.filter(subscription__account__seller=staff.seller)
    pressing = own.filter(status__in=["failed", "manual", "due"]).values_list("status")
    counts = dict(pressing.annotate(n=Count("id")).order_by())
    asked = request.GET.get("show", "attention")
    asked = asked if asked in _TABS else "attention"
    wanted = own.filter(status__in=_TABS[asked][1])
    rows, pages = page_of(
        request, wanted.select_related("subscription__account", "subscription__plan")
    )
    calls: dict[int, ServiceCall] = {}
    for call in ServiceCall.objects.filter(service__in=rows).order_by("id"):
        calls[call.service_id] = call
    context = {
        "tabs": [
            (name, label, sum(counts.get(status, 0) for status in statuses))
            for name, (label, statuses) in _TABS.items()
        ],
        "asked": asked,
        "rows": [_row(one, calls.get(one.id), zone, now) for one in rows],
        **pages,
    }
    return show(request, staff, "console/system/services.html", context, title="Services")


def _row(one: ServiceState, call: ServiceCall | None, zone: str, now: datetime) -> dict[str, Any]:
    last = ""
    if call is not None:
        last = f"{call.action} {call.outcome}, {say_ago(call.finished_at or call.started_at, now)}"
    return {
        "service": one,
        "pill": _PILLS[ServiceStatus(one.status)],
        "since": say_at(one.wanted_at, zone, now),
        "next": say_at(one.next_at, zone, now),
        "last": last,
        "is_decided_here": one.status in (ServiceStatus.FAILED, ServiceStatus.MANUAL),
    }
