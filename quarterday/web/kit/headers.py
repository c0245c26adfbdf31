"""Headers that every answer carries: no inline code, no framing, no request to other hosts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# `form-action` names nobody else, so a gateway that needs a redirect is reached by a plain link.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


class SecurityHeaders:
    """Middleware that puts the headers on; a view may have set a stricter one already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with the headers."""
        response = self.get_response(request) if has_no_nul(request) else HttpResponse(status=400)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        )
        if not request.path.startswith(("/static/", "/brand/")):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def has_no_nul(request: HttpRequest) -> bool:
    """Whether an address is free of the one character that PostgreSQL takes in no text."""
    return "\x00" not in request.path and "%00" not in request.META.get("QUERY_STRING", "")
