"""The way out of a mailing list: a page with one button, and the one click of RFC 8058."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from quarterday.services.links.unsubscribe_address import resubscribe_address, unsubscribe_address
from quarterday.store.models import Link, LinkPurpose, Unsubscription
from quarterday.web.kit.clock import read_now
from quarterday.web.links.door import LinkRequest, link_page, note


def show_unsubscribe(request: LinkRequest, link: Link) -> HttpResponse:
    """Ask, and do it when told; a mail program tells with one click and without a cookie.

    Nothing here is protected against forged requests, and need not be: whoever can name the
    address of this page holds the link.
    """
    if request.method == "POST":
        note(request, link, "unsubscribe")
        unsubscribe_address(link=link, now=read_now())
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("unsubscribed", content_type="text/plain; charset=utf-8")
        return HttpResponseRedirect(reverse("links:show", args=[request.token]))
    note(request, link, "open")
    rows = Unsubscription.objects.filter(seller_id=link.seller_id, address=link.address)
    context = {"address": link.address, "is_out": rows.exists(), "token": request.token}
    return render(request, "links/unsubscribe.html", context)


@csrf_protect
@require_POST
@link_page(LinkPurpose.UNSUBSCRIBE)
def subscribe(request: LinkRequest, link: Link) -> HttpResponse:
    """Take it back."""
    note(request, link, "subscribe")
    resubscribe_address(link=link, now=read_now())
    return HttpResponseRedirect(reverse("links:show", args=[request.token]))
