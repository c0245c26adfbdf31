"""The face of a seller on pages: name, logo and colours, as a style sheet of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from quarterday.core.colour import readable_on, text_on
from quarterday.store.models import Brand, Seller

ACCENT = "#1f5fbf"
_LIGHT, _DARK = "#ffffff", "#16181c"


@dataclass(frozen=True, slots=True)
class Face:
    """What a page shows of the seller."""

    name: str = "Quarterday"
    code: str = ""
    css_url: str = ""
    logo_url: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    address: dict[str, Any] = field(default_factory=dict)


def find_face(seller: Seller | None) -> Face:
    """The face of a seller, or a neutral one; one query unless the brand was read with it."""
    if seller is None:
        return Face(css_url=reverse("kit:brand_css", args=["-"]))
    brand = getattr(seller, "brand", None) or Brand(seller=seller)
    version = sha256(
        f"{brand.accent} {brand.custom_css} {len(brand.logo or b'')}".encode()
    ).hexdigest()[:10]
    logo = reverse("kit:brand_logo", args=[seller.code]) if brand.logo else ""
    return Face(
        name=brand.site_name or seller.name,
        code=seller.code,
        css_url=f"{reverse('kit:brand_css', args=[seller.code])}?{version}",
        logo_url=f"{logo}?{version}" if logo else "",
        data=brand.data,
        address=seller.address,
    )


def write_css(accent: str, custom: str = "") -> str:
    """The style sheet that puts the accent in place, readable in both themes."""
    colour = accent or ACCENT

    def rules(background: str) -> str:
        ink = readable_on(colour, background)
        return f"--accent: {colour}; --accent-text: {text_on(colour)}; --accent-ink: {ink};"

    return (
        f":root {{ {rules(_LIGHT)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {rules(_DARK)} }} }}\n{custom}"
    )


def brand_css(request: HttpRequest, code: str) -> HttpResponse:
    """The style sheet of a seller, or of none (``-``)."""
    brand = Brand.objects.filter(seller__code=code).first() or Brand()
    response = HttpResponse(
        write_css(brand.accent, brand.custom_css), content_type="text/css; charset=utf-8"
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def brand_logo(request: HttpRequest, code: str) -> HttpResponse:
    """The logo of a seller."""
    brand = get_object_or_404(Brand, seller__code=code, logo__isnull=False)
    response = HttpResponse(bytes(brand.logo or b""), content_type=brand.logo_type)
    response.headers["Cache-Control"] = "public, max-age=3600"
    # Whatever was uploaded is shown as an image and can do nothing else.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
