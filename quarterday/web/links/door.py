"""The door of every link page: who may come in, in which language, and with which headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from quarterday.core.period import local_date
from quarterday.services.errors import NotFound
from quarterday.services.links.open_link import LinkState, OpenedLink, open_link
from quarterday.services.links.record_click import record_click
from quarterday.store.models import Link, LinkPurpose, Seller
from quarterday.web.kit.access import seller_of_host
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.context import LANGUAGE_COOKIE, speak

# Links that were used up by the browser that still has them open.
ENTERED = "entered_links"

Page = Callable[["LinkRequest", Link], HttpResponse]
Answer = Callable[[HttpRequest, str], HttpResponse]


class LinkRequest(HttpRequest):
    """A request by somebody who holds a link that is good."""

    seller: Seller
    link: Link
    token: str


def link_page(*purposes: LinkPurpose) -> Callable[[Page], Answer]:
    """A page for those who hold a good link of one of the purposes, or of any purpose.

    Everybody else is told why not, and offered a fresh link where there is one to be had.
    """

    def decorate(page: Page) -> Answer:
        @wraps(page)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            opened = enter(request, token)
            link = opened.link
            if link is None or (purposes and link.purpose not in purposes):
                answer = refuse(request, OpenedLink(LinkState.BAD, None))
            elif not opened.is_good:
                answer = refuse(request, opened)
            else:
                answer = _ask(page, cast(LinkRequest, request), link)
            return seal(answer)

        return guarded

    return decorate


def _ask(page: Page, request: LinkRequest, link: Link) -> HttpResponse:
    """What a page answers; one that finds nothing answers as for a link that is not ours."""
    try:
        return page(request, link)
    except (Http404, NotFound):
        return refuse(request, OpenedLink(LinkState.BAD, None))


def enter(request: HttpRequest, token: str) -> OpenedLink:
    """Open a link; its seller's face and its reader's language go onto the request."""
    now = read_now()
    opened = open_link(token=token, now=now)
    asked = cast(Any, request)
    asked.token = token
    host_seller = seller_of_host(request)
    if opened.link is None or (host_seller and host_seller.pk != opened.link.seller_id):
        # Nobody can dress the link of one seller in the pages of another.
        return OpenedLink(LinkState.BAD, None)
    asked.link, asked.seller = opened.link, opened.link.seller
    if LANGUAGE_COOKIE not in request.COOKIES and opened.link.account is not None:
        speak(request, opened.link.account.language)
    if opened.state == LinkState.USED and _has_entered(request, opened.link, now):
        return OpenedLink(LinkState.GOOD, opened.link)
    return opened


def note(request: HttpRequest, link: Link, action: str) -> None:
    """Record what was done with a link."""
    record_click(
        link=link,
        action=action,
        method=request.method or "",
        headers=request.headers,
        now=read_now(),
    )


def refuse(request: HttpRequest, opened: OpenedLink) -> HttpResponse:
    """Say why a link opens nothing, and how to get one that does."""
    title, text = _REASONS[opened.state]
    context: dict[str, Any] = {"title": title, "text": text, "is_ours": opened.link is not None}
    if opened.link is not None and opened.state == LinkState.EXPIRED:
        context["ended_on"] = local_date(opened.link.expires_at, opened.link.seller.time_zone)
    if opened.link is not None and request.method in ("GET", "HEAD"):
        note(request, opened.link, "refused")
    status = 404 if opened.link is None else 410
    return render(request, "links/refused.html", context, status=status)


def seal(answer: HttpResponse) -> HttpResponse:
    """Keep the address out of caches, search engines and the referrers of other pages.

    A page with a form must not say ``no-referrer`` alone: its browser would then name no origin
    when the form is sent, and the forgery check would refuse it. ``strict-origin`` tells the
    host, and never the path that holds the token; browsers that do not know it send nothing.
    """
    is_page = answer.headers.get("Content-Type", "").startswith(
        "text/html"
    ) and not answer.has_header("Location")
    answer.headers["Referrer-Policy"] = "no-referrer, strict-origin" if is_page else "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def let_in(request: HttpRequest, link: Link) -> None:
    """Let this browser go on with a link for one use that it has just used."""
    entered = dict(request.session.get(ENTERED, {}))
    entered[link.public_id] = read_now().timestamp()
    request.session[ENTERED] = dict(list(entered.items())[-20:])


def _has_entered(request: HttpRequest, link: Link, now: datetime) -> bool:
    since = request.session.get(ENTERED, {}).get(link.public_id)
    return since is not None and now.timestamp() - since < 3600 and link.expires_at > now


_REASONS = {
    LinkState.BAD: (
        _("This link is not complete"),
        _(
            "A part of its address is missing or was changed, as happens when a mail program "
            "breaks a long line. Open it from the message again, or copy all of it."
        ),
    ),
    LinkState.EXPIRED: (
        _("This link has expired"),
        _("For your safety, links work for some time only. Nothing was changed or lost."),
    ),
    LinkState.REVOKED: (
        _("This link was withdrawn"),
        _("It opens nothing any more. Nothing was changed or lost."),
    ),
    LinkState.USED: (
        _("This link was used already"),
        _("It was good for one use. If that was not you, ask for a fresh link and tell us."),
    ),
}
