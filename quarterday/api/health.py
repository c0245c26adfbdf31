"""Answers for those who watch over an installation: ``/livez``, ``/healthz`` and ``/metrics``.

They answer before anything else looks at a request: a monitor may ask by number instead of name,
and has no session. Nothing of customers is in them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from quarterday.api.metrics import CONTENT_TYPE, write_metrics
from quarterday.ports.clock import read_now
from quarterday.store.models import WorkStatus
from quarterday.store.queries.signs import Signs, read_signs


class HealthFirst:
    """Middleware, the outermost one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a monitor, or whatever the others answer."""
        answer = _ANSWERS.get(request.path)
        if answer is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response


def livez(request: HttpRequest) -> HttpResponse:
    """Whether this process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the database answers, a worker is at work, and the last day went well: 200 or 503."""
    signs = read_signs(read_now())
    data = describe(signs)
    return JsonResponse(data, status=200 if data["status"] == "ok" else 503)


def describe(signs: Signs) -> dict[str, Any]:
    """The signs in words. A day that failed is told and does not make the installation unwell."""
    age = signs.beat_age
    is_well = signs.is_database_up and (signs.is_worker_up or not signs.has_sellers)
    cycle = signs.cycle
    failed = cycle is not None and cycle.status == WorkStatus.FAILED
    return {
        "status": "ok" if is_well else "bad",
        "database": "ok" if signs.is_database_up else "bad",
        "worker": "ok" if signs.is_worker_up else "silent",
        "worker_age_seconds": None if age is None else int(age.total_seconds()),
        "cycle": None if cycle is None else cycle.day.isoformat(),
        "cycle_status": "failed" if failed else None if cycle is None else str(cycle.status),
    }


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; 403 for strangers."""
    if not may_read(request):
        return HttpResponse("set QUARTERDAY_METRICS_TOKEN and send it as a bearer\n", status=403)
    return HttpResponse(write_metrics(read_now()), content_type=CONTENT_TYPE)


def may_read(request: HttpRequest) -> bool:
    """With a token, whoever has it; without one, this machine, when no proxy stands between."""
    token: str = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if settings.IS_BEHIND_PROXY or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


_ANSWERS = {"/livez": livez, "/healthz": healthz, "/metrics": metrics}
