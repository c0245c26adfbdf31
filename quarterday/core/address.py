"""Postal addresses by country: what a postcode looks like, and who needs one.

Only what is sure is refused: a country that is not listed here takes any postcode, or none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.limits import find_unprintable

FIELDS = ("line1", "line2", "postcode", "city")
_LIMITS = {"line1": 100, "line2": 100, "postcode": 16, "city": 80}


class BadAddress(BillingError):  # noqa: N818 - named for what it says
    """An address that cannot be right; ``field`` is the part, ``code`` the reason."""

    def __init__(self, text: str, field: str, code: str) -> None:
        super().__init__(text)
        self.field, self.code = field, code


class Shape(NamedTuple):
    """How addresses of a country look. ``example`` is a postcode, empty where any will do."""

    pattern: str = ""
    example: str = ""
    needs_postcode: bool = False
    postcode_first: bool = True


def _by_digits(codes: str, digits: int) -> dict[str, Shape]:
    example = "1234567890"[:digits]
    return {code: Shape(rf"\d{{{digits}}}", example, True) for code in codes.split()}


SHAPES: Mapping[str, Shape] = {
    **_by_digits("AT BE BG CH CY DK HU LU NO SI LI", 4),
    **_by_digits("DE ES FI FR HR IT EE MC SM VA TR MA UA MX", 5),
    **_by_digits("RO SG", 6),
    "AU": Shape(r"\d{4}", "2000", True, False),
    "BR": Shape(r"\d{5}-?\d{3}", "01310-100", True, False),
    "CA": Shape(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1", True, False),
    "CZ": Shape(r"\d{3} ?\d{2}", "110 00", True),
    "GB": Shape(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA", True, False),
    "GR": Shape(r"\d{3} ?\d{2}", "104 31", True),
    "IE": Shape(r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 AF30", False, False),
    "IN": Shape(r"\d{3} ?\d{3}", "110001", True, False),
    "JP": Shape(r"\d{3}-?\d{4}", "100-0001", True),
    "LT": Shape(r"(LT-)?\d{5}", "01100", True),
    "LV": Shape(r"LV-\d{4}", "LV-1010", True, False),
    "MT": Shape(r"[A-Z]{3} ?\d{4}", "VLT 1117", True, False),
    "NL": Shape(r"\d{4} ?[A-Z]{2}", "1012 AB", True),
    "NZ": Shape(r"\d{4}", "6011", True, False),
    "PL": Shape(r"\d{2}-\d{3}", "00-950", True),
    "PT": Shape(r"\d{4}-\d{3}", "1000-001", True),
    "SE": Shape(r"\d{3} ?\d{2}", "111 20", True),
    "SK": Shape(r"\d{3} ?\d{2}", "811 01", True),
    "US": Shape(r"\d{5}(-\d{4})?", "10001", True, False),
}
_ANY = Shape()


def shape_of(country: str) -> Shape:
    """How addresses of a country look.

    >>> shape_of("PL").example, shape_of("AE").needs_postcode
    ('00-950', False)
    """
    return SHAPES.get(country, _ANY)


def check_address(country: str, given: Mapping[str, str]) -> dict[str, str]:
    """An address as it is kept: its known parts without outer spaces, the empty ones left out.

    Raises `BadAddress` for a part that is missing, too long or not of the country.

    >>> check_address("NL", {"line1": "Kade 1", "postcode": "1012ab", "city": "Amsterdam "})
    {'line1': 'Kade 1', 'postcode': '1012AB', 'city': 'Amsterdam'}
    >>> check_address("DE", {"line1": "Weg 1", "postcode": "123", "city": "Ulm"})
    Traceback (most recent call last):
    quarterday.core.address.BadAddress: postcode '123' is not one of DE; write it like 12345
    """
    found = {name: " ".join(given.get(name, "").split()) for name in FIELDS}
    for name, text in found.items():
        if len(text) > _LIMITS[name]:
            limit = _LIMITS[name]
            raise BadAddress(f"{name} is longer than {limit} characters", name, "long")
        if find_unprintable(text):
            raise BadAddress(f"{name} holds a character that cannot be printed", name, "text")
    for name in ("line1", "city"):
        if not found[name]:
            raise BadAddress(f"{name} is empty; fill it in", name, "empty")
    found["postcode"] = _check_postcode(country, found["postcode"])
    return {name: text for name, text in found.items() if text}


def _check_postcode(country: str, text: str) -> str:
    shape, code = shape_of(country), text.upper()
    if not code:
        if shape.needs_postcode:
            raise BadAddress("postcode is empty; fill it in", "postcode", "empty")
        return ""
    if shape.pattern and not re.fullmatch(shape.pattern, code, re.ASCII):
        raise BadAddress(
            f"postcode {text!r} is not one of {country}; write it like {shape.example}",
            "postcode",
            "form",
        )
    return code
