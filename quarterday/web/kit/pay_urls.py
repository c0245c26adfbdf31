"""Which address leads where: what became of a payment. All of them begin with ``/pay/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.kit.pay_result import pay_back, pay_bank, pay_cancel, pay_result

app_name = "pay"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:public_id>/", pay_result, name="result"),
    path("<str:public_id>/back/", pay_back, name="back"),
    path("<str:public_id>/cancel/", pay_cancel, name="cancel"),
    path("<str:public_id>/bank/", pay_bank, name="bank"),
]
