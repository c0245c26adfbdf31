"""Which address leads where in the console: one line a room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

_ROOMS: list[URLPattern | URLResolver] = [
    path("", include("quarterday.web.console.home.urls")),
    path("accounts/", include("quarterday.web.console.account.urls")),
    path("desk/", include("quarterday.web.console.desk.urls")),
    path("run/", include("quarterday.web.console.run.urls")),
    path("inbox/", include("quarterday.web.console.inbox.urls")),
    path("tasks/", include("quarterday.web.console.tasks.urls")),
    path("edit/", include("quarterday.web.console.edit.urls")),
    path("catalogue/", include("quarterday.web.console.catalogue.urls")),
    path("reports/", include("quarterday.web.console.reports.urls")),
    path("staff/", include("quarterday.web.console.staff.urls")),
    path("search/", include("quarterday.web.console.search.urls")),
    path("system/", include("quarterday.web.console.system.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((_ROOMS, "console"))),
    path("lists/", include("quarterday.web.console.lists.urls")),
]
