"""The page for those who try too often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def slow_down(request: HttpRequest, seconds: int) -> HttpResponse:
    """Say when to come back, to people and to programs."""
    minutes = -(-seconds // 60)
    response = render(request, "access/slow_down.html", {"minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
