"""Which address of the account room leads where."""

from __future__ import annotations

from django.urls import URLPattern, path

from quarterday.web.console.account import (
    account,
    act,
    change,
    files,
    invoice,
    lists,
    message,
    new,
    pay_link,
    payment,
    subscription,
)

urlpatterns: list[URLPattern] = [
    path("new/", new.open_new, name="account_new"),
    path("<str:account_id>/", account.show_account, name="account"),
    path("<str:account_id>/next/", account.show_next, name="account_next"),
    path("<str:account_id>/do/<slug:code>/", act.act, name="act"),
    path("<str:account_id>/invoices/", lists.list_invoices, name="account_invoices"),
    path("<str:account_id>/invoices/<str:name>/", invoice.show_invoice, name="account_invoice"),
    path("<str:account_id>/invoices/<str:name>/link/", pay_link.make_pay_link, name="account_link"),
    path("<str:account_id>/payments/", lists.list_payments, name="account_payments"),
    path("<str:account_id>/payments/<str:name>/", payment.show_payment, name="account_payment"),
    path("<str:account_id>/credit-notes/", lists.list_notes, name="account_notes"),
    path(
        "<str:account_id>/credit-notes/<str:name>/",
        invoice.show_credit_note,
        name="account_credit_note",
    ),
    path("<str:account_id>/credit/", lists.show_credit, name="account_credit"),
    path(
        "<str:account_id>/subscriptions/<str:name>/",
        subscription.show_subscription,
        name="account_subscription",
    ),
    path("<str:account_id>/subscriptions/<str:name>/change/", change.change, name="account_change"),
    path("<str:account_id>/messages/<str:name>/", message.show_message, name="account_message"),
    path("<str:account_id>/files/<slug:kind>/<str:name>/", files.download, name="account_file"),
    path("<str:account_id>/export/", files.export, name="account_export"),
]
