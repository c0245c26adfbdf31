"""Which address leads where: editors; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.edit import index, layout, messages, policies, preview

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="edit"),
    path("messages/<str:kind>/<str:language>/", messages.edit),
    path("messages/<str:kind>/<str:language>/try/", preview.try_words),
    path("messages/<str:kind>/<str:language>/look/", preview.look_at_words),
    path("layout/<str:kind>/", layout.edit),
    path("layout/<str:kind>/try/", layout.try_layout),
    path("reminders/new/", policies.new),
    path("reminders/try/", policies.try_policy),
    path("reminders/<str:code>/", policies.edit),
    path("reminders/<str:code>/use/", policies.use),
]
