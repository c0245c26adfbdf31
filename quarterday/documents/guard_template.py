"""What a seller's template may not say, since it runs in our process.

Typst itself reads nothing outside of the files it is given. What remains are packages, which it
would fetch from the network, and the ways to make code out of text, by which a template could
reach for them unseen.
"""

from __future__ import annotations

import re

from quarterday.core.errors import BillingError

LONGEST = 100_000
_WORDS = re.compile(r"\b(import|include|eval|std|plugin)\b")
_ALLOWED = re.compile(r'import\s+"kit\.typ"')


def guard_template(source: str) -> None:
    """Refuse a template that could reach beyond its data. Raises `BillingError` with the line."""
    if len(source) > LONGEST:
        raise BillingError(f"the template has {len(source):,} characters; at most {LONGEST:,} work")
    for found in _WORDS.finditer(source):
        if not _ALLOWED.match(source, found.start()):
            word = found[1]
            raise BillingError(
                f"line {_line_of(source, found.start())} of the template: {word} is not allowed; "
                f'only #import "kit.typ" is. In running text write \\u{{{ord(word[0]):x}}}'
                f"{word[1:]}"
            )


def _line_of(source: str, place: int) -> int:
    return source.count("\n", 0, place) + 1
