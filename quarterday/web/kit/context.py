"""Who visits, in which language and whose brand; and what every page may show of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from quarterday.store.models import Account, Seller
from quarterday.web.kit.brand import Face, find_face
from quarterday.web.kit.visit import find_seller

LANGUAGE_COOKIE = "language"


class Visitor:
    """Middleware that finds the seller by the host and speaks the visitor's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, in the visitor's language."""
        speak(request, find_language(request))
        try:
            return self.get_response(request)
        finally:
            translation.deactivate()


def find_language(request: HttpRequest) -> str:
    """What the visitor chose here, what the user set once, or what the browser asks for."""
    own = getattr(request.user, "language", "")
    for chosen in (request.COOKIES.get(LANGUAGE_COOKIE, ""), own):
        if chosen in dict(settings.LANGUAGES):
            return chosen
    return translation.get_language_from_request(request)


def speak(request: HttpRequest, language: str) -> None:
    """Turn to a language for the rest of the request; an unknown one means English."""
    short = language.split("-", maxsplit=1)[0].lower()
    translation.activate(short if short in dict(settings.LANGUAGES) else "en")
    request.LANGUAGE_CODE = translation.get_language()


def page_context(request: HttpRequest) -> dict[str, Any]:
    """For every template: ``face`` (the brand), ``account``, as whom staff are ``acting``,
    ``language`` and ``languages``.
    """
    account: Account | None = getattr(request, "account", None)
    return {
        "face": page_face(request),
        "account": account,
        "membership": getattr(request, "membership", None),
        "acting": getattr(request, "acting", None),
        "language": translation.get_language() or "en",
        "languages": settings.LANGUAGES,
        "debug": settings.DEBUG,
    }


def page_face(request: HttpRequest) -> Face:
    """The brand to show: that of the account, of the page, or of the host; found once a request."""
    known: Face | None = getattr(request, "_face", None)
    if known is None:
        seller: Seller | None = getattr(request, "seller", None) or find_seller(request)
        known = find_face(seller)
        request._face = known  # type: ignore[attr-defined]
    return known
