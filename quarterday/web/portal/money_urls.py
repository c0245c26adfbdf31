"""Which address leads where: what is owed, paid and kept."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.portal.credit import export_credit, show_credit
from quarterday.web.portal.documents import (
    list_documents,
    show_credit_note,
    show_payment,
    show_year,
)
from quarterday.web.portal.export import download_year, export_account
from quarterday.web.portal.files import (
    download_credit_note,
    download_invoice,
    download_receipt,
    download_statement,
)
from quarterday.web.portal.funds import add_credit
from quarterday.web.portal.home import show_home, show_next
from quarterday.web.portal.instalments import choose_instalments
from quarterday.web.portal.invoice import show_invoice
from quarterday.web.portal.invoices import export_invoices, list_invoices
from quarterday.web.portal.methods import (
    add_method,
    drop_method,
    make_default,
    show_methods,
    switch_charging,
)
from quarterday.web.portal.pay import pay_invoices, show_attempt
from quarterday.web.portal.top_up import end_top_up, show_top_up
from quarterday.web.portal.unspent import refund_credit

urlpatterns: list[URLPattern | URLResolver] = [
    path("", show_home, name="home"),
    path("next-invoice/", show_next, name="next"),
    path("invoices/", list_invoices, name="invoices"),
    path("invoices/list.csv", export_invoices, name="invoices_csv"),
    path("invoices/pay/", pay_invoices, name="pay"),
    path("invoices/<str:public_id>/", show_invoice, name="invoice"),
    path("invoices/<str:public_id>/instalments/", choose_instalments, name="instalments"),
    path("invoices/<str:public_id>/document.pdf", download_invoice, name="invoice_pdf"),
    path("credit-notes/<str:public_id>/", show_credit_note, name="credit_note"),
    path("credit-notes/<str:public_id>/document.pdf", download_credit_note, name="credit_note_pdf"),
    path("payments/<str:public_id>/", show_payment, name="payment"),
    path("payments/<str:public_id>/receipt.pdf", download_receipt, name="receipt"),
    path("payments/started/<str:public_id>/", show_attempt, name="attempt"),
    path("credit/", show_credit, name="credit"),
    path("credit/list.csv", export_credit, name="credit_csv"),
    path("credit/add/", add_credit, name="add_credit"),
    path("credit/top-up/", show_top_up, name="top_up"),
    path("credit/top-up/stop/", end_top_up, name="end_top_up"),
    path("credit/back/", refund_credit, name="refund_credit"),
    path("payment-methods/", show_methods, name="methods"),
    path("payment-methods/automatic/", switch_charging, name="autopay"),
    path("payment-methods/add/", add_method, name="add_method"),
    path("payment-methods/<str:public_id>/default/", make_default, name="default_method"),
    path("payment-methods/<str:public_id>/remove/", drop_method, name="remove_method"),
    path("documents/", list_documents, name="documents"),
    path("documents/<int:year>/", show_year, name="year"),
    path("documents/<int:year>/statement.pdf", download_statement, name="statement"),
    path("documents/<int:year>/documents.zip", download_year, name="year_zip"),
    path("documents/account.zip", export_account, name="export"),
]
