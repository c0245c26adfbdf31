"""Show a page of the console: the frame with its menu around what a view found."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quarterday.web.console.door import Staff
from quarterday.web.console.menu import menu_for


def show(
    request: HttpRequest,
    staff: Staff,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    title: str,
    status: int = 200,
) -> HttpResponse:
    """A page that extends ``console/base.html``; ``title`` is its heading and the tab's name."""
    return render(
        request,
        template,
        {**frame(request, staff), "title": title, **(context or {})},
        status=status,
    )


def frame(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """What the frame of every page shows."""
    return {"staff": staff, "menu": menu_for(staff.may, request.path)}
