"""Walk a link through the real routes, as a mail scanner, a stranger and its bearer would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.test.client import ClientHandler

from quarterday.services.links.check_samples import Sample
from quarterday.services.links.make_link import MadeLink
from quarterday.services.links.revoke_link import revoke_link
from quarterday.store.models import Invitation, Link, LinkPurpose, Seller, Unsubscription

_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Quarterday link check bot",
    "Accept-Language": "en",
}
# What the bearer presses, and where that leads at first.
_ACTIONS = {
    LinkPurpose.SIGN_IN: "/sign-in",
    LinkPurpose.PORTAL: "/open",
    LinkPurpose.INVITATION: "/accept",
}
_FILES = {LinkPurpose.VIEW: "/invoice.pdf", LinkPurpose.QUOTE: "/quote.pdf"}


class Walker:
    """A browser without cookies that follows the links of one seller."""

    def __init__(self, made: MadeLink) -> None:
        parts = urlsplit(made.url)
        self.path = parts.path
        self.secure = parts.scheme == "https"
        self.client = Client(
            enforce_csrf_checks=True,
            raise_request_exception=False,
            headers={**_BROWSER, "Host": parts.netloc},
        )
        self.client.handler = _open_pages()

    def get(self, path: str, *, head: bool = False) -> Any:
        """Ask for a page."""
        ask = self.client.head if head else self.client.get
        return ask(path, secure=self.secure)

    def post(self, path: str, data: dict[str, str] | None = None, *, forged: bool = False) -> Any:
        """Press a button; forged as from another site, without the page's secret."""
        values = dict(data or {})
        cookie = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        if cookie is not None and not forged:
            values["csrfmiddlewaretoken"] = cookie.value
        scheme = "https" if self.secure else "http"
        host = str(self.client.defaults.get("HTTP_HOST", ""))
        return self.client.post(
            path, values, secure=self.secure, headers={"Origin": f"{scheme}://{host}"}
        )


@cache
def _open_pages() -> ClientHandler:
    """What answers: begun once, as by a server; each beginning looks through all static files."""
    return ClientHandler(enforce_csrf_checks=True)


def walk_link(sample: Sample, seller: Seller, made: MadeLink, now: datetime) -> Iterator[str]:
    """What is wrong with a link, in words; nothing when it works."""
    walker = Walker(made)
    answer = walker.get(walker.path)
    if answer.status_code == HTTPStatus.BAD_REQUEST:
        yield "its host is not served here; name it in QUARTERDAY_HOSTS"
        return
    leads_on = sample.purpose == LinkPurpose.CUSTOM
    wanted = HTTPStatus.FOUND if leads_on else HTTPStatus.OK
    if answer.status_code != wanted:
        yield f"its page answers {answer.status_code} instead of {int(wanted)}"
        return
    yield from _check_headers(answer)
    if leads_on:
        yield from _check_destination(walker, answer["Location"], sample.what)
    head = walker.get(walker.path, head=True)
    if head.status_code != wanted:
        yield f"HEAD answers {head.status_code} instead of {int(wanted)}"
    yield from _check_untouched(walker, made.link, "looking at it")
    if not leads_on:
        yield from _check_forged(walker, sample, made)
    yield from _check_refusals(sample, seller, made, now)
    if path := _FILES.get(sample.purpose):
        yield from _check_file(walker, path)
    yield from _act(walker, sample, made.link)


def _check_headers(answer: Any) -> Iterator[str]:
    """A link's page is not kept, not found by search engines, and names itself to nobody."""
    for name, word in (
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex"),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Frame-Options", "DENY"),
    ):
        if word not in answer.headers.get(name, ""):
            yield f"its page has no {name} of {word}"


def _check_destination(walker: Walker, location: str, destination: str) -> Iterator[str]:
    """It leads where it should; our own pages must be there, other hosts are not asked."""
    if urlsplit(location).netloc != urlsplit(destination).netloc:
        yield f"it leads to {location} instead of {destination}"
    elif not urlsplit(destination).netloc:
        status = walker.get(location).status_code
        if status >= HTTPStatus.BAD_REQUEST:
            yield f"the page that it leads to, {destination}, answers {status}"


def _check_untouched(walker: Walker, link: Link, what: str) -> Iterator[str]:
    """Scanners look at links, and must change nothing by it."""
    link.refresh_from_db()
    if link.used_at is not None:
        yield f"{what} uses it up"
    if SESSION_KEY in walker.client.session:
        yield f"{what} signs in"
    if Unsubscription.objects.filter(seller_id=link.seller_id, address=link.address).exists():
        yield f"{what} unsubscribes"
    if Invitation.objects.filter(public_id=link.subject, accepted_at__isnull=False).exists():
        yield f"{what} accepts the invitation"


def _check_forged(walker: Walker, sample: Sample, made: MadeLink) -> Iterator[str]:
    """Another site cannot press the button; mail programs may, to unsubscribe only."""
    if sample.purpose == LinkPurpose.UNSUBSCRIBE:
        return
    path = walker.path + _ACTIONS.get(sample.purpose, "")
    status = walker.post(path, forged=True).status_code
    if status not in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED):
        yield f"a forged form is answered with {status} instead of 403"
    yield from _check_untouched(walker, made.link, "a forged form")


def _check_refusals(sample: Sample, seller: Seller, made: MadeLink, now: datetime) -> Iterator[str]:
    """Changed, expired and revoked links are refused, with a way to a fresh one."""
    changed = made.url[:-1] + ("A" if made.url[-1] != "A" else "B")
    tried = [("changed", MadeLink(changed, made.link), HTTPStatus.NOT_FOUND)]
    long_ago = now - timedelta(days=9000)
    expired = sample.make(seller, long_ago, expires_at=now - timedelta(seconds=1))
    tried.append(("expired", expired, HTTPStatus.GONE))
    revoked = sample.make(seller, now)
    revoke_link(link=revoked.link, now=now, actor="link check")
    tried.append(("revoked", revoked, HTTPStatus.GONE))
    for what, one, wanted in tried:
        walker = Walker(one)
        answer = walker.get(walker.path)
        if answer.status_code != wanted:
            yield f"a link that was {what} answers {answer.status_code} instead of {int(wanted)}"
        elif wanted == HTTPStatus.GONE and b"/renew" not in answer.content:
            yield f"a link that was {what} offers no fresh one"


def _check_file(walker: Walker, path: str) -> Iterator[str]:
    answer = walker.get(walker.path + path)
    if answer.status_code != HTTPStatus.OK or not answer.content.startswith(b"%PDF"):
        yield f"its file {path} answers {answer.status_code} and is no PDF"


def _act(walker: Walker, sample: Sample, link: Link) -> Iterator[str]:
    """Do what the link is for, where that costs nothing outside; then what must follow from it."""
    if sample.purpose == LinkPurpose.UNSUBSCRIBE:
        answer = walker.post(walker.path, {"List-Unsubscribe": "One-Click"}, forged=True)
        rows = Unsubscription.objects.filter(seller_id=link.seller_id, address=link.address)
        if answer.status_code != HTTPStatus.OK or not rows.exists():
            yield f"one click does not unsubscribe; it answers {answer.status_code}"
        return
    if sample.purpose not in _ACTIONS:
        return
    answer = walker.post(walker.path + _ACTIONS[sample.purpose])
    if answer.status_code != HTTPStatus.FOUND:
        yield f"its button answers {answer.status_code} instead of 302"
        return
    after = walker.get(answer["Location"])
    if after.status_code >= HTTPStatus.BAD_REQUEST:
        yield f"its button leads to {answer['Location']}, which answers {after.status_code}"
    if link.single_use:
        again = walker.post(walker.path + _ACTIONS[sample.purpose])
        if again.status_code != HTTPStatus.GONE:
            yield f"it works twice; the second time it answers {again.status_code}"
