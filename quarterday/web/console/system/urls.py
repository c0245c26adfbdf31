"""Which address leads where: the system; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.system import services, system

urlpatterns: list[URLPattern | URLResolver] = [
    path("", system.system, name="system"),
    path("doctor/", system.doctor, name="doctor"),
    path("services/", services.services, name="services"),
]
