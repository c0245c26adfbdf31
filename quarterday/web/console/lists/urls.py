"""Which address leads where: own lists; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from quarterday.web.console.lists import catalogue, money, people
from quarterday.web.console.lists.site import site

for model, admin in (*people.LISTS, *money.LISTS, *catalogue.LISTS):
    if not site.is_registered(model):
        site.register(model, admin)

urlpatterns: list[URLPattern | URLResolver] = site.get_urls()
