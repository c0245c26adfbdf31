"""Money, dates and states in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quarterday.core.money import currency as find_currency


def locale() -> str:
    """The reader's language, as babel knows it; plain English is written as in Britain."""
    code = (translation.get_language() or "en").replace("-", "_")
    return "en_GB" if code == "en" else code


# Signs that one currency alone uses wherever it is read; all others are written as their code.
_SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}


def format_money(minor: int, currency: str) -> str:
    """An amount of minor units with its currency, such as ``1,234.56 €``.

    Digits are those of the currency itself (JPY 0, KWD 3), whatever the language says.
    """
    digits = find_currency(currency).exponent
    amount = Decimal(minor).scaleb(-digits)
    number: str = format_decimal(
        amount, format="#,##0" + ("." + "0" * digits if digits else ""), locale=locale()
    )
    sign, number = ("−", number[1:]) if number.startswith("-") else ("", number)
    return f"{sign}{number} {find_symbol(currency)}"


def find_symbol(currency: str) -> str:
    """The sign of a currency that cannot be taken for another; without one, its code."""
    return _SYMBOLS.get(currency, currency)


def format_quantity(value: Decimal) -> str:
    """A number of units, with as many places as it has."""
    number: str = format_decimal(value, format="#,##0.############", locale=locale())
    return number


# Whole patterns say the month and the weekday in full; skeletons shorten them in some languages.
_PATTERNS = {"weekday": "full", "long": "long"}
_SKELETONS = {"short": "yMMMd", "month": "yMMMM"}


def format_day(day: date, style: str = "long") -> str:
    """A date in words. ``style``: weekday, long, short (3 Dec 2026), month (December 2026)."""
    words: str
    if style in _PATTERNS:
        words = format_date(day, _PATTERNS[style], locale=locale())
    else:
        words = format_skeleton(_SKELETONS[style], day, locale=locale())
    return words


# State -> the word on its pill, and its meaning: good, due, bad, info or plain.
STATES: dict[str, tuple[str | Promise, str]] = {
    "paid": (_("Paid"), "good"),
    "open": (_("Open"), "due"),
    "overdue": (_("Overdue"), "bad"),
    "void": (_("Void"), "plain"),
    "written_off": (_("Written off"), "plain"),
    "credited": (_("Credited"), "plain"),
    "active": (_("Active"), "good"),
    "trialing": (_("On trial"), "info"),
    "pending": (_("Waiting"), "due"),
    "paused": (_("Paused"), "info"),
    "suspended": (_("Suspended"), "bad"),
    "restricted": (_("Restricted"), "due"),
    "cancelling": (_("Ends soon"), "due"),
    "cancelled": (_("Cancelled"), "plain"),
    "ended": (_("Ended"), "plain"),
    "succeeded": (_("Received"), "good"),
    "failed": (_("Failed"), "bad"),
    "action": (_("Needs you"), "due"),
    "created": (_("Started"), "info"),
    "unknown": (_("Being checked"), "info"),
    "refunded": (_("Refunded"), "plain"),
    "partially_refunded": (_("Partly refunded"), "plain"),
    "disputed": (_("Disputed"), "bad"),
    "accepted": (_("Accepted"), "good"),
    "declined": (_("Declined"), "plain"),
    "withdrawn": (_("Withdrawn"), "plain"),
    "expired": (_("Expired"), "plain"),
}
