"""A link to a quote: read it, and keep its PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from quarterday.store.models import Link, Quote
from quarterday.web.links.door import LinkRequest, note


def show_quote(request: LinkRequest, link: Link) -> HttpResponse:
    """What is offered, until when, and for how much."""
    note(request, link, "open")
    rows = Quote.objects.filter(account=link.account, public_id=link.subject)
    quote = rows.select_related("account").first()
    if quote is None:
        raise Http404
    return render(request, "links/quote.html", {"quote": quote, "token": request.token})
