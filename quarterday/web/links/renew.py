"""A fresh link by mail, for somebody whose link opens nothing any more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.throttle import Limit, network_of
from quarterday.services.links.renew_link import renew_link
from quarterday.services.users.count_tries import count_tries
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.sign_in import client_address
from quarterday.web.links.door import enter, note, seal

RENEW_NETWORK = Limit("renew-network", 30, 3600)
RENEW_LINK = Limit("renew-link", 5, 3600)


@require_POST
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Mail a fresh link to the address on file; the answer is the same whatever was asked."""
    now = read_now()
    network = network_of(client_address(request))
    tries = {RENEW_NETWORK: (network,), RENEW_LINK: (token[:200],)}
    wait = count_tries(tries, now=now)
    opened = enter(request, token)
    if wait:
        context = {"minutes": -(-wait // 60), "token": token}
        answer = render(request, "links/wait.html", context, status=429)
        answer.headers["Retry-After"] = str(wait)
        return seal(answer)
    if opened.link is not None:
        note(request, opened.link, "renew")
    renew_link(token=token, now=now)
    return seal(HttpResponseRedirect(reverse("links:renewed", args=[token])))


@require_safe
def renewed(request: HttpRequest, token: str) -> HttpResponse:
    """What happens now, in the same words for everybody."""
    enter(request, token)
    return seal(render(request, "links/renewed.html"))
