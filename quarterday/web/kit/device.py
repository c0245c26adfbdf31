"""What a browser calls itself, in words that its owner knows."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name_device(agent: str) -> str:
    """``Firefox, Linux`` of what the browser sends; empty when it says nothing that we know."""
    found = (
        next((word for mark, word in words if mark in agent), "") for words in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(word for word in found if word)
