"""Instants and durations in few words, as a seller's clock shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from quarterday.core.period import local_date
from quarterday.web.kit.words import format_day


def say_at(at: datetime | None, zone: str, now: datetime) -> str:
    """``14:05``, with the day where that is not today's; nothing for no instant."""
    if at is None:
        return ""
    clock = f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
    day = local_date(at, zone)
    return clock if day == local_date(now, zone) else f"{format_day(day, 'short')}, {clock}"


def say_long(taken: timedelta) -> str:
    """How long something took.

    >>> say_long(timedelta(seconds=0.4)), say_long(timedelta(seconds=72))
    ('under 1 s', '1 min 12 s')
    >>> say_long(timedelta(hours=3, minutes=4)), say_long(timedelta(minutes=5))
    ('3 h 4 min', '5 min')
    """
    seconds = int(taken.total_seconds())
    if seconds < 1:
        return "under 1 s"
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        first, rest = f"{seconds // 60} min", f"{seconds % 60} s"
    else:
        first, rest = f"{seconds // 3600} h", f"{seconds % 3600 // 60} min"
    return first if rest.startswith("0 ") else f"{first} {rest}"


def say_ago(at: datetime | None, now: datetime) -> str:
    """How long ago something was."""
    if at is None:
        return "never"
    ago = now - at
    return "just now" if ago < timedelta(seconds=5) else f"{say_long(ago)} ago"
