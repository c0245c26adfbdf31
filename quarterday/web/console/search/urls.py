"""Which address leads where: the search; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.search import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.results, name="search"),
    path("found/", views.found, name="search_found"),
]
