"""Which address leads where: the billing run; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.run import account, charges, holds, orders, overview, progress

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="run"),
    path("preview/", orders.preview, name="run_preview"),
    path("now/", orders.now, name="run_now"),
    path("plan/", orders.plan, name="run_plan"),
    path("problems/", holds.problems, name="run_problems"),
    path("accounts/<str:key>/", account.account, name="run_account"),
    path("holds/", holds.holds, name="run_holds"),
    path("holds/new/", holds.new, name="run_hold"),
    path("holds/release/", holds.release, name="run_release"),
    path("charges/", charges.charges, name="run_charges"),
    path("orders/", progress.orders, name="run_orders"),
    path("orders/<str:key>/", progress.order, name="run_order"),
    path("orders/<str:key>/progress/", progress.progress, name="run_progress"),
    path("orders/<str:key>/stop/", progress.stop, name="run_stop"),
]
