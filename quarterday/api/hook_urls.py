"""Which address leads where: calls from outside. All of them begin with ``/hooks/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.api.gateway_hook import gateway_hook
from quarterday.api.mail_hook import mail_hook

app_name = "hooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("mail/<slug:provider>/", mail_hook, name="mail"),
    path("pay/<str:gateway>/", gateway_hook, name="gateway"),
    path("pay/<str:gateway>/<str:seller>/", gateway_hook, name="gateway"),
]
