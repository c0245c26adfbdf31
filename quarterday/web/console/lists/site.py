"""The site that the lists hang on: django-unfold's, behind the console's door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from unfold.sites import UnfoldAdminSite

from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import frame

Page = Callable[..., HttpResponseBase]


class ListSite(UnfoldAdminSite):  # type: ignore[misc]
    """Our menu, our door, our addresses; nothing of Django's own admin can be reached."""

    def enter(self, model_admin: Any, view: Page) -> Page:
        """A view of a list for those whose role permits the list."""

        @wraps(view)
        def opened(request: HttpRequest, staff: Staff, **options: Any) -> HttpResponseBase:
            cast(Any, request).staff = staff
            return view(request, **options)

        return require_safe(staff_page(model_admin.needed)(opened))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the frame of the console shows."""
        return frame(request, cast(Any, request).staff)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Each list at its own address."""
        found = self._registry.values()
        return [path(f"{one.slug}/", include(one.get_urls())) for one in found]


site = ListSite(name="lists")
