"""Text that any font can show and nobody can hide anything in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from quarterday.documents.fonts import read_coverage

_LONGEST_WORD, _PIECE = 30, 12
_BOX = "□"
# Spaces of several widths that languages put between digits; one kind is in all fonts.
_SPACES = dict.fromkeys(map(ord, "\u2007\u2008\u2009\u200a\u202f\u205f"), "\u00a0")
# Arabic and Indic letters are shaped by these two; all other invisible signs can mislead.
_JOINERS = "\u200c\u200d"


def clean_page(value: Any) -> Any:
    """The same data with all its texts cleaned."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        # An address is no text to be read; it was made by us, in ASCII.
        return {name: one if name == "url" else clean_page(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [clean_page(one) for one in value]
    return value


@lru_cache(maxsize=8192)
def clean_text(text: str) -> str:
    """One line of text without control and steering characters.

    A character that no font has is shown as a box, a sign such as an emoji is left out, and a
    very long word may break anywhere.
    """
    if text.isascii() and text.isprintable() and len(text) <= _LONGEST_WORD:
        return text
    text = unicodedata.normalize("NFC", " ".join(text.translate(_SPACES).splitlines()))
    shown = "".join(map(_show, text))
    if len(shown) > _LONGEST_WORD:
        shown = " ".join(map(_soften, shown.split(" ")))
    return shown


@lru_cache(maxsize=8192)
def _show(char: str) -> str:
    kind = unicodedata.category(char)
    if char in _JOINERS:
        return char
    if char == "\t" or kind == "Zs":
        return char if char == "\u00a0" else " "
    if kind[0] == "C":
        return ""
    if ord(char) in read_coverage():
        return char
    plain = unicodedata.normalize("NFKC", char)
    if plain != char and all(ord(one) in read_coverage() for one in plain):
        return plain
    return "" if kind in ("So", "Sk", "Mn", "Me") else _BOX


def _soften(word: str) -> str:
    """Places to break in a long word, which would otherwise leave its column."""
    if len(word) <= _LONGEST_WORD:
        return word
    pieces = [word[at : at + _PIECE] for at in range(0, len(word), _PIECE)]
    return "\u200b".join(pieces)
