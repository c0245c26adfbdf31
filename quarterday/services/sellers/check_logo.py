"""Check a logo by what it is, and not by what it is called."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from quarterday.core.errors import BillingError

LOGO_TYPES = ("image/png", "image/jpeg", "image/webp", "image/svg+xml")
MOST_BYTES = 512 * 1024
_SPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    "svg g path rect circle ellipse line polyline polygon title desc defs linearGradient "
    "radialGradient stop clipPath mask symbol use text tspan".split()
)
_INSIDE = re.compile(r"\s*#[\w-]+\s*")
_LEADS_OUT = re.compile(r"url\(\s*[\"']?\s*(?!#)|@import|expression|javascript:", re.IGNORECASE)


def sniff_logo(logo: bytes) -> str:
    """The type of a logo, from its content.

    A drawing (SVG) may hold shapes and text only: scripts, styles and whatever leads out of the
    file are refused. Raises `BillingError` for any other file, and for one that is too large to
    load on a phone.
    """
    if len(logo) > MOST_BYTES:
        raise BillingError(
            f"the logo has {len(logo):,} bytes; make it smaller than {MOST_BYTES:,}, about 600 "
            "dots wide"
        )
    if logo.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if logo.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if logo[:4] == b"RIFF" and logo[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in logo[:2000]:
        _check_drawing(logo)
        return "image/svg+xml"
    raise BillingError("the logo is not a PNG, JPEG, WebP or SVG picture; save it as PNG")


def _check_drawing(logo: bytes) -> None:
    try:
        text = logo.decode("utf-8")
        if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
            # Entities could grow without end, or read files.
            raise BillingError("the logo holds a document type; save it as plain SVG or as PNG")
        root = ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise BillingError("the logo cannot be read as SVG; save it as PNG") from None
    for element in root.iter():
        name = str(element.tag).removeprefix(_SPACE)
        if name not in _SHAPES:
            raise BillingError(
                f"the logo holds <{name.rpartition('}')[2]}>, and a drawing may hold only shapes "
                "and text; save it as plain SVG or as PNG"
            )
        for attribute, value in element.attrib.items():
            _check_attribute(attribute.rpartition("}")[2].lower(), value)


def _check_attribute(name: str, value: str) -> None:
    leads_out = name == "href" and not _INSIDE.fullmatch(value)
    if name.startswith("on") or leads_out or _LEADS_OUT.search(value):
        raise BillingError(
            f"the logo holds {name}={value[:40]!r}, which could load or run something; save it as "
            "plain SVG or as PNG"
        )
