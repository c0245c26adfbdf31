"""Which address leads where: the search; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
