"""Which address leads where."""

from __future__ import annotations

from django.urls import include, path

from quarterday.api.v1.app import api

urlpatterns = [
    path("", include("quarterday.web.kit.urls")),
    path("", include("quarterday.web.portal.urls")),
    path("pay/", include("quarterday.web.kit.pay_urls")),
    path("l/", include("quarterday.web.links.urls")),
    path("order/", include("quarterday.web.order.urls")),
    path("console/", include("quarterday.web.console.urls")),
    path("hooks/", include("quarterday.api.hook_urls")),
    path("api/v1/", api.urls),
]
