"""Which address leads where: reports; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
