"""Money, days and numbers in the language of a document, as pages write them, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, format_percent, parse_pattern
from django.conf import settings
from django.utils import translation

from quarterday.core.money import currency as find_currency

# Signs that one currency alone uses wherever it is read; all others are written as their code.
_SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}


def choose_language(*wanted: str) -> str:
    """The first of some languages that there are words in; English otherwise."""
    known = {code for code, _ in settings.LANGUAGES}
    for one in wanted:
        code = one.replace("_", "-").lower()
        for name in (code, code.partition("-")[0]):
            if name in known:
                return name
    return "en"


def read_locale() -> Locale:
    """The active language; plain English is written as in Britain."""
    code = (translation.get_language() or "en").replace("-", "_")
    return _find_locale("en_GB" if code == "en" else code)


@lru_cache
def _find_locale(code: str) -> Locale:
    return Locale.parse(code)


@lru_cache
def _pattern(least: int, most: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." if most else "") + "0" * least + "#" * (most - least))


def format_number(minor: int, currency: str) -> str:
    """An amount without its currency, with the decimals of the currency: 1,234.50."""
    digits = find_currency(currency).exponent
    return _write(Decimal(minor).scaleb(-digits), digits, digits)


def format_money(minor: int, currency: str) -> str:
    """An amount with its currency: 1,234.50 €."""
    return f"{format_number(minor, currency)}\u00a0{_SYMBOLS.get(currency, currency)}"


def format_price(price: Decimal, currency: str) -> str:
    """A price of one unit: all its decimals, and no less than the currency has."""
    return _write(price, find_currency(currency).exponent, 12)


def format_quantity(value: Decimal) -> str:
    """A number of units, with as many decimals as it has."""
    return _write(value, 0, 12)


def _write(value: Decimal, least: int, most: int) -> str:
    text: str = _pattern(least, most).apply(abs(value), read_locale())
    return f"−{text}" if value < 0 else text


def format_rate(percent: Decimal) -> str:
    """A tax rate: 19 %."""
    text: str = format_percent(percent / 100, locale=read_locale(), decimal_quantization=False)
    return text


@lru_cache(maxsize=4096)
def _day(day: date, locale: Locale) -> str:
    text: str = format_date(day, "long", locale=locale)
    return text


def format_day(day: date) -> str:
    """A day in words: 1 December 2026."""
    return _day(day, read_locale())


@lru_cache(maxsize=4096)
def _days(start: date, last: date, locale: Locale) -> str:
    text: str = format_interval(start, last, "yMMMMd", locale=locale)
    return text


def format_days(start: date, end: date) -> str:
    """The days ``[start, end)`` with the last one, as people say them: 1–31 December 2026."""
    last = end - timedelta(days=1)
    return format_day(start) if last <= start else _days(start, last, read_locale())


def format_country(code: str) -> str:
    """The name of a country."""
    return str(read_locale().territories.get(code, code))


def align_numbers(texts: Sequence[str]) -> list[dict[str, str]]:
    """Numbers of a column, each with the ``tail`` that it lacks to end where the longest ends."""
    point = read_locale().number_symbols["latn"]["decimal"]
    tails = ["".join(one.rpartition(point)[1:]) if point in one else "" for one in texts]
    longest = max(map(len, tails), default=0)
    pads = [point + "0" * (longest - 1) if longest else "" for _ in texts]
    return [
        {"text": text, "tail": pad[len(tail) :]}
        for text, tail, pad in zip(texts, tails, pads, strict=True)
    ]
