"""The page of a quote: read it, accept it, decline it, pay what came of it.

Shared by signed links and the portal. Opening it changes nothing; accepting is a form.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.orders.place_order import Terms
from quarterday.services.quotes.accept_quote import accept_quote
from quarterday.services.quotes.close_quote import decline_quote
from quarterday.store.models import Invoice, Quote, QuoteStatus
from quarterday.web.kit.brand import find_face
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.pay import PayPage, pay_view


def quote_view(
    request: HttpRequest, *, quote: Quote, actor: str, pdf_url: str = ""
) -> HttpResponse:
    """Show a quote that the visitor may see, or do what its forms ask; handles GET and POST.

    Call it at an address of your own, after having decided that the visitor may accept it; its
    forms go to the same address. ``quote`` comes with its account and seller.
    """
    open_invoices = _open_invoices(quote)
    if open_invoices and "pay" in request.GET:
        return pay_view(
            request,
            account=quote.account,
            invoices=open_invoices,
            amount_minor=None,
            back_url=request.path,
            done_url=request.path,
            actor=actor,
            page=PayPage(ends_at_done=True),
        )
    error = ""
    if request.method == "POST":
        error = _act(request, quote, actor)
        if not error:
            return redirect(request.path)
    return _show(request, quote, pdf_url, error)


def _open_invoices(quote: Quote) -> list[Invoice]:
    """What of the order that it became is still to be paid."""
    if quote.order is None:
        return []
    wanted = quote.order.data.get("invoices", [])
    rows = Invoice.objects.filter(account=quote.account, public_id__in=wanted)
    return list(
        rows.filter(status=InvoiceState.OPEN).select_related("account", "seller").order_by("id")
    )


def _act(request: HttpRequest, quote: Quote, actor: str) -> str:
    """Accept or decline; why that was not possible."""
    now, today = read_now(), read_today(quote.seller)
    version = _terms_version(quote)
    if request.POST.get("do") == "decline":
        try:
            decline_quote(quote=quote, now=now, actor=actor)
        except BillingError:
            return _("This quote cannot be declined any more.")
        return ""
    if request.POST.get("do") != "accept":
        return _("Choose whether to accept the quote.")
    if version and "terms" not in request.POST:
        return _("Accept the terms; without that we cannot take your order.")
    try:
        accept_quote(quote=quote, today=today, now=now, terms=Terms(version=version), actor=actor)
    except BillingError:
        return _("This quote cannot be accepted any more. Please write to us for a new one.")
    return ""


def _terms_version(quote: Quote) -> str:
    data = find_face(quote.seller).data
    return str(data.get("terms_version") or data.get("terms_url") or "")


def _show(request: HttpRequest, quote: Quote, pdf_url: str, error: str) -> HttpResponse:
    today = read_today(quote.seller)
    is_late = quote.status == QuoteStatus.OPEN and today > quote.valid_through
    open_invoices = _open_invoices(quote)
    context = {
        "quote": quote,
        "state": "expired" if is_late else quote.status,
        "can_accept": quote.status == QuoteStatus.OPEN and not is_late,
        "lines": [
            {
                **line,
                "first_on": date.fromisoformat(line["period_start"]),
                "last_on": date.fromisoformat(line["period_end"]) - timedelta(days=1),
            }
            for line in quote.lines
        ],
        "taxes": [one for one in quote.data.get("taxes", []) if one["tax_minor"]],
        "coming": [
            {**one, "begins_on": date.fromisoformat(one["begins_on"])}
            for one in quote.data.get("coming", [])
        ],
        "has_terms": bool(_terms_version(quote)),
        "terms_url": find_face(quote.seller).data.get("terms_url", ""),
        "open_minor": sum(one.open_minor for one in open_invoices),
        "pdf_url": pdf_url,
        "error": error,
    }
    return render(request, "kit/quote.html", context, status=422 if error else 200)
