"""Which address leads where in the customer's own place."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from quarterday.web.portal import money_urls, people_urls, services_urls

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    *money_urls.urlpatterns,
    *services_urls.urlpatterns,
    *people_urls.urlpatterns,
]
