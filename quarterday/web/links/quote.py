"""A link to a quote: read it, keep its PDF, accept or decline it, and pay what came of it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from quarterday.services.documents.get_document import get_document
from quarterday.store.models import DocumentKind, Link, LinkPurpose, Quote
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.quote import quote_view
from quarterday.web.links.door import LinkRequest, link_page, note
from quarterday.web.links.files import give_file


def show_quote(request: LinkRequest, link: Link) -> HttpResponse:
    """What is offered, until when, and for how much; accepting it is a form."""
    note(request, link, "answer" if request.method == "POST" else "open")
    return quote_view(
        request,
        quote=_find_quote(link),
        actor=f"link {link.public_id}",
        pdf_url=reverse("links:quote_pdf", args=[request.token]),
    )


@require_safe
@link_page(LinkPurpose.QUOTE)
def quote_pdf(request: LinkRequest, link: Link) -> HttpResponse:
    """The PDF of the quote of a link."""
    note(request, link, "pdf")
    quote = _find_quote(link)
    return give_file(get_document(kind=DocumentKind.QUOTE, subject=quote.public_id, now=read_now()))


def _find_quote(link: Link) -> Quote:
    rows = Quote.objects.filter(account=link.account, public_id=link.subject)
    quote = rows.select_related("account__seller__brand", "seller__brand", "order").first()
    if quote is None:
        raise Http404
    return quote
