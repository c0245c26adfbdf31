"""What the doctor says of one thing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """``bad`` keeps something from working; ``warn`` will, or is not as it should be."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Finding(NamedTuple):
    """One line: what was looked at, how it is, and what to do about it."""

    area: str
    level: Level
    text: str
    remedy: str = ""


class Visit(NamedTuple):
    """The circumstances. ``is_offline`` asks no other host; ``is_moved`` is said of the clock."""

    now: datetime
    is_moved: bool = False
    is_offline: bool = False


def ok(area: str, text: str) -> Finding:
    """Something is as it should be."""
    return Finding(area, Level.OK, text)


def warn(area: str, text: str, remedy: str) -> Finding:
    """Something is not as it should be."""
    return Finding(area, Level.WARN, text, remedy)


def bad(area: str, text: str, remedy: str) -> Finding:
    """Something does not work."""
    return Finding(area, Level.BAD, text, remedy)
