"""The words that sources use for numbers, days, instants and cadences, read into our own."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.errors import BillingError
from quarterday.core.money import parse_exact
from quarterday.core.period import Anchoring, Cadence, add_cadence


class NotExpressedError(Exception):
    """The runner has no words for a case; the message says for which part of it."""


_UNITS = {
    "day": (1, "day"),
    "daily": (1, "day"),
    "week": (1, "week"),
    "weekly": (1, "week"),
    "biweekly": (2, "week"),
    "fortnight": (2, "week"),
    "fortnightly": (2, "week"),
    "month": (1, "month"),
    "monthly": (1, "month"),
    "bimonthly": (2, "month"),
    "bimestrial": (2, "month"),
    "quarter": (3, "month"),
    "quarterly": (3, "month"),
    "triannual": (4, "month"),
    "half_year": (6, "month"),
    "half_yearly": (6, "month"),
    "semester": (6, "month"),
    "semiannual": (6, "month"),
    "semi_annual": (6, "month"),
    "semiannually": (6, "month"),
    "biannual": (6, "month"),
    "sesquiennial": (18, "month"),
    "year": (1, "year"),
    "yearly": (1, "year"),
    "annual": (1, "year"),
    "annually": (1, "year"),
    "biennial": (2, "year"),
    "triennial": (3, "year"),
}
_NUMBERS = {
    **{word: n for n, word in enumerate("one two three four five six seven eight".split(), 1)},
    "a": 1,
    "ten": 10,
    "twelve": 12,
    "thirty": 30,
    "thirty_one": 31,
    "sixty": 60,
    "ninety": 90,
}
_ISO_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
_SHARES = {"half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4)}
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        "monday tuesday wednesday thursday friday saturday sunday".split(), start=1
    )
}


def read_exact(value: Any) -> Decimal:
    """A number from text or a JSON number, thousands separated by commas or not."""
    try:
        return parse_exact(str(value).replace(",", "").removesuffix("%").strip(), places=40)
    except BillingError as error:
        raise NotExpressedError(str(error)) from None


def read_date(value: Any) -> date:
    """The civil date that a text begins with: ``2014-01-19 (end of term)``."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", str(value))
    if not found:
        raise NotExpressedError(f"{value!r} is no date such as 2026-01-31")
    return date.fromisoformat(found.group())


def read_instant(value: Any, zone: str = "UTC") -> datetime:
    """An instant: ISO text, seconds since 1970, or a date or civil time in a zone."""
    if re.fullmatch(r"-?\d{9,10}", str(value)):
        return datetime.fromtimestamp(int(value), ZoneInfo(zone))
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        raise NotExpressedError(f"{value!r} is no instant such as 2026-01-31T12:00:00Z") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))


def read_cadence(value: Any, times: int = 1) -> Cadence:
    """Such as ``monthly``, ``thirty_days``, ``2 weeks``, ``P1M`` or ``monthly calendar``."""
    text = re.sub(r"[\s-]+", "_", str(value).strip().lower().split(",")[0])
    if iso := re.fullmatch(r"p(\d+)([dwmy])", text):
        return Cadence(int(iso[1]) * times, Cadence.parse(_ISO_UNITS[iso[2].upper()]).unit)
    counted = re.match(r"(?:every_)?(?:(\d+|[a-z]+(?:_one)?)_)?([a-z_]+?)s?(?=_|$)", text)
    for candidate in (text, text.removesuffix("s"), text.split("_")[0]):
        if candidate in _UNITS:
            count, unit = _UNITS[candidate]
            return Cadence.parse(f"{count * times} {unit}")
    if counted and counted[1] and counted[2] in _UNITS:
        number = int(counted[1]) if counted[1].isdigit() else _NUMBERS.get(counted[1], 0)
        count, unit = _UNITS[counted[2]]
        if number:
            return Cadence.parse(f"{number * count * times} {unit}")
    raise NotExpressedError(f"{value!r} is no cadence that is known")


def read_times(text: str) -> int | None:
    """How often: ``four times``, ``3 times``, ``twice``; None when a text does not say."""
    if re.search(r"\btwice\b", text.lower()):
        return 2
    found = re.search(r"(\d+|[a-z]+) times\b", text.lower())
    if not found:
        return 1 if re.search(r"\bonce\b", text.lower()) else None
    return int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1])


def read_anchoring(text: str) -> Anchoring:
    """``calendar`` or ``anniversary``, wherever it stands in a description."""
    return Anchoring.CALENDAR if "calendar" in text.lower() else Anchoring.START


def read_share(text: str) -> Fraction:
    """A share of a period in words: ``15/30 of the period``, ``exactly half of the period``."""
    if found := re.search(r"(\d+)\s*(?:/|of)\s*(\d+)", text):
        return Fraction(int(found[1]), int(found[2]))
    for word, share in _SHARES.items():
        if re.search(rf"\b{word}\b", text.lower()):
            return share
    raise NotExpressedError(f"{text!r} names no share of a period, such as 15/30")


def read_months_and_days(value: Any, start: date) -> date:
    """The day on which a phase such as ``1 month`` or ``14`` (days) after ``start`` ends."""
    if str(value).isdigit():
        return start + timedelta(days=int(value))
    return add_cadence(start, read_cadence(value), 1)
