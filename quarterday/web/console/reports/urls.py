"""Which address leads where: reports; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from quarterday.web.console.reports import mailing, views

urlpatterns: list[URLPattern] = [
    path("", views.index, name="reports"),
    path("mailed/<str:key>/end/", mailing.end, name="report_end"),
    re_path(r"^(?P<name>[a-z_]+)\.(?P<file_type>[a-z]+)$", views.download, name="report_download"),
    path("<slug:name>/mail/", mailing.mail, name="report_mail"),
    path("<slug:name>/", views.report, name="report"),
]
