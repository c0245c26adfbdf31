"""Colours a seller chooses, and text that stays readable on them (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

from quarterday.core.errors import BillingError

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5


def check_colour(value: str) -> str:
    """A colour as ``#rrggbb``; raises `BillingError` for anything else.

    >>> check_colour("#0B6E4F")
    '#0b6e4f'
    """
    if not _HEX.fullmatch(value):
        raise BillingError(f"accent must be a colour such as #0b6e4f, not {value!r}")
    return value.lower()


def find_contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, by the formula of WCAG 2.

    >>> find_contrast("#000000", "#ffffff")
    21.0
    """
    lights = sorted((_light(one), _light(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def text_on(colour: str) -> str:
    """White where it is readable on a colour, otherwise near-black.

    >>> text_on("#0b6e4f"), text_on("#ffd23f")
    ('#ffffff', '#111111')
    """
    return "#ffffff" if find_contrast(colour, "#ffffff") >= READABLE else "#111111"


def readable_on(colour: str, background: str) -> str:
    """The colour itself where it is readable as text on a background, else one moved just enough
    towards black or white.

    >>> readable_on("#0b6e4f", "#ffffff")
    '#0b6e4f'
    >>> find_contrast(readable_on("#ffd23f", "#ffffff"), "#ffffff") >= 4.5
    True
    """
    goal = 0 if _light(background) > 0.18 else 255
    parts = _parts(colour)
    for step in range(101):
        moved = [round(part + (goal - part) * step / 100) for part in parts]
        candidate = "#" + "".join(f"{part:02x}" for part in moved)
        if find_contrast(candidate, background) >= READABLE:
            return candidate
    return "#111111" if goal == 0 else "#ffffff"


def _parts(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _light(colour: str) -> float:
    """Relative luminance."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (one / 255 for one in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
