"""The page for a form that was sent without our token: left open too long, or sent by others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that nothing was done, and lead back to the page."""
    context = {
        "title": _("This page was open for too long"),
        "text": _(
            "To be safe, nothing was sent. You may have signed in or out in another window "
            "meanwhile, or cookies are turned off. Open the page again and repeat it."
        ),
        "url": page_before(request),
        "action": _("Open the page again"),
    }
    return render(request, "kit/problem.html", context, status=403)


def page_before(request: HttpRequest) -> str:
    """The page that the form stood on, where the browser says so; else the first one."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    return came_from if came_from and is_ours else "/"
