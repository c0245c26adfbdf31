"""The page of a link, and the gate in front of links that are good for one use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from quarterday.services.errors import Conflict
from quarterday.services.links.open_link import LinkState, OpenedLink
from quarterday.services.links.use_link import use_link
from quarterday.store.models import Link, LinkPurpose
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.headers import POLICY
from quarterday.web.links.custom import follow_custom
from quarterday.web.links.door import LinkRequest, let_in, link_page, note, refuse, seal
from quarterday.web.links.invoice import show_invoice, show_pay
from quarterday.web.links.people import show_invitation, show_portal, show_sign_in
from quarterday.web.links.quote import show_quote
from quarterday.web.links.unsubscribe import show_unsubscribe

PAGES: Mapping[LinkPurpose, Callable[[LinkRequest, Link], HttpResponse]] = {
    LinkPurpose.PAY: show_pay,
    LinkPurpose.VIEW: show_invoice,
    LinkPurpose.SIGN_IN: show_sign_in,
    LinkPurpose.PORTAL: show_portal,
    LinkPurpose.INVITATION: show_invitation,
    LinkPurpose.QUOTE: show_quote,
    LinkPurpose.CUSTOM: follow_custom,
    LinkPurpose.UNSUBSCRIBE: show_unsubscribe,
}
# Purposes whose page takes what is posted to it; the others have an address for each action.
_POSTED = (LinkPurpose.PAY, LinkPurpose.QUOTE, LinkPurpose.UNSUBSCRIBE)
# Purposes with a button of their own, which uses the link up; the others get the gate.
_CONFIRMED = (LinkPurpose.SIGN_IN, LinkPurpose.INVITATION, LinkPurpose.UNSUBSCRIBE)


# What mail programs take for a part of an address when it stands at the end of a sentence.
_AFTER_ADDRESS = ".,;:!?)>]'\"»”’"


@csrf_exempt
def show_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link. Looking at it changes nothing, whoever or whatever looks."""
    clean = token.rstrip(_AFTER_ADDRESS)
    if clean and clean != token:
        return seal(HttpResponseRedirect(reverse("links:show", args=[clean])))
    return _show_link(request, token)


@link_page()
def _show_link(request: LinkRequest, link: Link) -> HttpResponse:
    purpose = LinkPurpose(link.purpose)
    allowed = ["GET", "HEAD", *(["POST"] if purpose in _POSTED else [])]
    if request.method not in allowed:
        return HttpResponseNotAllowed(allowed)
    page = PAGES[purpose]
    if purpose == LinkPurpose.UNSUBSCRIBE:
        return page(request, link)
    if link.single_use and link.used_at is None and purpose not in _CONFIRMED:
        page = _show_gate
    return csrf_protect(page)(request, link)


def _show_gate(request: LinkRequest, link: Link) -> HttpResponse:
    note(request, link, "open")
    answer = render(request, "links/gate.html", {"token": request.token})
    host = urlsplit(link.destination).netloc
    if host:
        # The answer to the form leads there, which the policy must allow.
        allowed = f"form-action 'self' https://{host}"
        answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", allowed)
    return answer


@require_POST
@link_page()
def go_on(request: LinkRequest, link: Link) -> HttpResponse:
    """Use a link for one use up, and open it for this browser."""
    if link.single_use and link.used_at is None and link.purpose not in _CONFIRMED:
        try:
            use_link(link=link, now=read_now())
        except Conflict:
            return refuse(request, OpenedLink(LinkState.USED, link))
        let_in(request, link)
        note(request, link, "enter")
    return HttpResponseRedirect(reverse("links:show", args=[request.token]))
