"""The page of a quote: read it, accept it, decline it, pay what came of it.

Shared by signed links and the portal. Opening it changes nothing; accepting is a form.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from quarterday.core.cart import BadCart
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.services.orders.place_order import Terms
from quarterday.services.quotes.accept_quote import accept_quote
from quarterday.services.quotes.close_quote import decline_quote
from quarterday.services.quotes.price_quote import Figures, price_quote
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
    now, version = read_now(), _terms_version(quote)
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
    return _accept(quote, Terms(version, _read_shown(request)), actor)


def _read_shown(request: HttpRequest) -> int:
    """The total that the visitor saw; one that nothing costs where none was sent."""
    shown = request.POST.get("total", "")
    return int(shown) if re.fullmatch(r"[0-9]{1,18}", shown) else -1


def _accept(quote: Quote, terms: Terms, actor: str) -> str:
    """Order just what was shown; why that was not possible."""
    now, today = read_now(), read_today(quote.seller)
    try:
        accept_quote(quote=quote, today=today, now=now, terms=terms, actor=actor)
    except BillingError as error:
        if isinstance(error, BadCart) and error.reason == "changed":
            return _("The total has changed since you saw it. Please look at it again.")
        return _("This quote cannot be accepted any more. Please write to us for a new one.")
    return ""


def _terms_version(quote: Quote) -> str:
    data = find_face(quote.seller).data
    return str(data.get("terms_version") or data.get("terms_url") or "")


def _show(request: HttpRequest, quote: Quote, pdf_url: str, error: str) -> HttpResponse:
    today = read_today(quote.seller)
    is_late = quote.status == QuoteStatus.OPEN and today > quote.valid_through
    can_accept = quote.status == QuoteStatus.OPEN and not is_late
    open_invoices = _open_invoices(quote)
    figures = _read_figures(quote, today if can_accept else _accepted_on(quote))
    context = {
        "quote": quote,
        "total_minor": figures.total_minor,
        "is_other": can_accept and figures.total_minor != quote.total_minor,
        "state": "expired" if is_late else quote.status,
        "can_accept": can_accept,
        # Without tax, as the taxes stand below them.
        "lines": [
            {
                **line,
                "first_on": date.fromisoformat(line["period_start"]),
                "last_on": date.fromisoformat(line["period_end"]) - timedelta(days=1),
            }
            for line in figures.lines
        ],
        "taxes": [one for one in figures.taxes if one["tax_minor"]],
        "coming": [
            {**one, "begins_on": date.fromisoformat(one["begins_on"])} for one in figures.coming
        ],
        "has_terms": bool(_terms_version(quote)),
        "terms_url": find_face(quote.seller).data.get("terms_url", ""),
        "open_minor": sum(one.open_minor for one in open_invoices),
        "pdf_url": pdf_url,
        "error": error,
    }
    return render(request, "kit/quote.html", context, status=422 if error else 200)


def _accepted_on(quote: Quote) -> date | None:
    if quote.order is None:
        return None
    return local_date(quote.order.placed_at, quote.seller.time_zone)


def _read_figures(quote: Quote, today: date | None) -> Figures:
    """What it costs when it is accepted on a day; without one, or when it cannot be, as it was."""
    if today is not None:
        try:
            return price_quote(quote=quote, today=today)
        except BillingError:
            pass  # accepting it says so
    kept: dict[str, Any] = quote.data
    taxes, coming = kept.get("taxes", []), kept.get("coming", [])
    return Figures(quote.lines, taxes, coming, quote.net_minor, quote.tax_minor, quote.total_minor)
