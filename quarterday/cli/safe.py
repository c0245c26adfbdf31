"""Text that a terminal only shows: names and reasons come from other people's files.

An escape character in a name could clear the screen, set the title or fake a line of output.
"""

from __future__ import annotations

import re

# All controls but tab and line end, half characters, and what turns the direction of text.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def make_safe(text: str) -> str:
    r"""A text with unsafe characters written as JSON and Python escape them.

    >>> make_safe("Example\x1b[31m"), make_safe("Käse")
    ('Example\\u001b[31m', 'Käse')
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
