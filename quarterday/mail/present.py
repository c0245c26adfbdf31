"""Values in the reader's words: money, dates, and text that cannot break out of its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_timedelta
from babel.numbers import format_decimal

from quarterday.core.message import InFull, Span
from quarterday.core.money import Money, from_minor

_SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
_SPACE = "\u00a0"
_NAMES = ("name", "inviter")


def find_locale(language: str) -> Locale:
    """The locale of a language; plain English is written as in Britain, the unknown as English."""
    try:
        found = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        found = Locale("en")
    return Locale("en", "GB") if str(found) == "en" else found


def present_fields(
    fields: Mapping[str, Mapping[str, Any]], language: str
) -> dict[str, dict[str, Any]]:
    """All merge fields in words of a language."""
    locale = find_locale(language)
    return {
        group: {name: present(value, locale, name) for name, value in values.items()}
        for group, values in fields.items()
    }


def present(value: Any, locale: Locale, name: str = "") -> Any:
    """One value in words. Truth and numbers stay, for conditions; None is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, InFull | Span | date | timedelta | Money):
        return _present_value(value, locale)
    if isinstance(value, list | tuple):
        return [{key: present(part, locale) for key, part in row.items()} for row in value]
    text = clean_text(str(value), keep_lines=name == "text")
    # Strangers name themselves when they order: their name must not lead anywhere.
    return text.replace("://", " ") if name in _NAMES else text


def _present_value(value: InFull | Span | date | timedelta | Money, locale: Locale) -> str:
    if isinstance(value, Money):
        return format_money(value, locale)
    if isinstance(value, timedelta):
        return str(format_timedelta(value, threshold=1.2, locale=locale))
    if isinstance(value, Span):
        last = max(value.start, value.end - timedelta(days=1))
        return str(format_interval(value.start, last, "yMMMd", locale=locale))
    if isinstance(value, InFull):
        return str(format_date(value.day, "full", locale=locale))
    return str(format_date(value, "long", locale=locale))


def format_money(value: Money, locale: Locale) -> str:
    """An amount with its currency, which no line break parts."""
    digits = value.currency.exponent
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    amount = from_minor(abs(value.minor), value.currency)
    number = format_decimal(Decimal(amount), format=pattern, locale=locale)
    sign = "−" if value.minor < 0 else ""
    return f"{sign}{number}{_SPACE}{_SYMBOLS.get(value.currency.code, value.currency.code)}"


def clean_text(text: str, *, keep_lines: bool = False) -> str:
    """Text without control characters, on one line unless its lines are meant.

    What people call themselves could otherwise end a header or begin a paragraph.
    """
    if not keep_lines:
        text = " ".join(text.split())
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
