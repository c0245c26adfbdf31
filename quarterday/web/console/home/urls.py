"""Which address leads where: what staff see first; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.home.home import home

urlpatterns: list[URLPattern | URLResolver] = [path("", home, name="home")]
