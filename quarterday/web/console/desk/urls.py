"""Which address leads where: the desk; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path

from quarterday.web.console.desk import desk

urlpatterns: list[URLPattern] = [
    path("<str:account_id>/", desk.show_payer, name="desk"),
    path("<str:account_id>/record/", desk.record, name="desk_record"),
]
