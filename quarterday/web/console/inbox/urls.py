"""Which address leads where: the inbox; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.inbox import inbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox, name="inbox"),
    path("accounts/", inbox.accounts, name="inbox_accounts"),
    path("<slug:kind>/<str:key>/", inbox.item, name="inbox_item"),
    path("<slug:kind>/<str:key>/do/", inbox.do, name="inbox_do"),
]
