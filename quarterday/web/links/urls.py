"""Which address leads where: all of them begin with ``/l/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.links.invoice import invoice_pdf, receipt_pdf
from quarterday.web.links.people import accept, open_portal, sign_in
from quarterday.web.links.quote import quote_pdf
from quarterday.web.links.renew import renew, renewed
from quarterday.web.links.unsubscribe import subscribe
from quarterday.web.links.views import go_on, show_link

app_name = "links"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:token>", show_link, name="show"),
    path("<str:token>/go-on", go_on, name="go_on"),
    path("<str:token>/invoice.pdf", invoice_pdf, name="invoice_pdf"),
    path("<str:token>/quote.pdf", quote_pdf, name="quote_pdf"),
    path("<str:token>/receipt.pdf", receipt_pdf, name="receipt_pdf"),
    path("<str:token>/sign-in", sign_in, name="sign_in"),
    path("<str:token>/open", open_portal, name="open_portal"),
    path("<str:token>/accept", accept, name="accept"),
    path("<str:token>/subscribe", subscribe, name="subscribe"),
    path("<str:token>/renew", renew, name="renew"),
    path("<str:token>/renewed", renewed, name="renewed"),
]
