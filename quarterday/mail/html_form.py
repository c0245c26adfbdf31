"""The page: one column of tables with its style in place, since that is what mail programs show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from quarterday.core.colour import readable_on, text_on
from quarterday.mail.body import Block

_ACCENT = "#1f5fbf"
_LIGHT, _DARK = "#ffffff", "#16181c"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]|[\w.+-]+@[\w-]+\.[\w.-]*\w")
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def link_addresses(text: str) -> Markup:
    """Text with web and mail addresses as links; all else is escaped."""
    parts, last = [], 0
    for found in _ADDRESS.finditer(text):
        address = found.group()
        target = address if "://" in address else f"mailto:{address}"
        parts += [
            escape(text[last : found.start()]),
            Markup('<a href="{}">{}</a>').format(target, address),
        ]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = link_addresses
    return environment


def choose_look(look: Mapping[str, Any]) -> dict[str, str]:
    """Colours from the seller's accent, readable in light and dark."""
    accent = str(look.get("accent") or _ACCENT)
    return {
        "accent": accent,
        "accent_text": text_on(accent),
        "ink": readable_on(accent, _LIGHT),
        "dark_ink": readable_on(accent, _DARK),
    }


def to_content(
    blocks: Iterable[Block], words: Mapping[str, str], look: Mapping[str, str], locale: Locale
) -> Markup:
    """The blocks as rows of the page's table."""
    named = [(type(block).__name__, block) for block in blocks]
    template = _environment().get_template("blocks.html")
    end = "left" if locale.text_direction == "right-to-left" else "right"
    return Markup(template.render(blocks=named, words=words, look=look, end=end))


def to_page(content: Markup, locale: Locale, **parts: Any) -> str:
    """The whole page around the blocks."""
    is_reversed = locale.text_direction == "right-to-left"
    page = (
        _environment()
        .get_template("layout.html")
        .render(
            content=content,
            language=str(locale).replace("_", "-"),
            direction="rtl" if is_reversed else "ltr",
            start="right" if is_reversed else "left",
            end="left" if is_reversed else "right",
            **parts,
        )
    )
    return inline_css(page)


def inline_css(page: str) -> str:
    """A page whose rules stand at the elements; those for dark and narrow screens stay."""
    return str(_inliner.inline(page))
