"""Values from outside become types once, at the edge; what could be read in two ways is refused.

Each reader takes text, or what JSON or TOML give for it, and raises `BadValue` with a remedy.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day, find_bad_data, find_unprintable
from quarterday.core.loading.problem import BadValue
from quarterday.core.money import currency, parse_exact
from quarterday.core.settings import Settings

_NUMBER = re.compile(r"[+-]?(\d+)(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOST = 32767
_LONGEST_WHOLE = 30
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_text(value: Any) -> str:
    """Text; a whole number stands for its digits.

    >>> read_text(" A-1 "), read_text(1001)
    ('A-1', '1001')
    """
    if isinstance(value, str):
        if bad := find_unprintable(value):
            raise BadValue(
                f"the text holds the character U+{ord(bad):04X}, which cannot be printed",
                "remove it, or say in the mapping which encoding the file has",
            )
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadValue(f"{value!r} is not text", "write it in quotes")


def read_number(value: Any) -> Decimal:
    """An exact decimal with a point and nothing else: no thousands, no exponent.

    >>> read_number("1234.50")
    Decimal('1234.50')
    >>> read_number("1.234,50")
    Traceback (most recent call last):
    quarterday.core.loading.problem.BadValue: '1.234,50' is not a plain number; write digits and a \
point such as 1234.56, or name its form in the mapping, format = "number:1,234.56" or \
"number:1.234,56"
    """
    text = read_text(value) if not isinstance(value, Decimal) else str(value)
    if not _NUMBER.fullmatch(text):
        raise BadValue(
            f"{text!r} is not a plain number",
            "write digits and a point such as 1234.56, or name its form in the mapping, "
            'format = "number:1,234.56" or "number:1.234,56"',
        )
    try:
        return parse_exact(text)
    except BillingError as error:
        raise BadValue(str(error), "round it in the file") from None


def read_whole(value: Any) -> int:
    """A whole number.

    >>> read_whole("12")
    12
    """
    text = read_text(value)
    if not _WHOLE.fullmatch(text):
        raise BadValue(f"{text!r} is not a whole number", "write digits only, such as 12")
    if len(text) > _LONGEST_WHOLE:
        raise BadValue(f"the number has {len(text)} digits", "write a smaller number")
    return int(text)


def read_count(value: Any) -> int:
    """A small whole number: a day of the month, a number of days or periods.

    >>> read_count("30")
    30
    """
    count = read_whole(value)
    if abs(count) > _MOST:
        raise BadValue(f"{count} is beyond {_MOST}", "write a smaller number")
    return count


def read_date(value: Any) -> date:
    """A date, as ISO 8601 writes it.

    >>> read_date("2026-03-31")
    datetime.date(2026, 3, 31)
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return _check_day(value)
    text = read_text(value)
    if not _DAY.fullmatch(text):
        raise BadValue(
            f"{text!r} is not a date such as 2026-03-31",
            'write it as year-month-day, or name its form in the mapping, format = "date:%d.%m.%Y"',
        )
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadValue(f"there is no day {text}", "write a day of the calendar") from None
    return _check_day(day)


def _check_day(day: date) -> date:
    try:
        return check_day(day)
    except BillingError as error:
        raise BadValue(*str(error).split("; ")) from None


def read_instant(value: Any) -> datetime:
    """An instant with its offset from UTC, as ISO 8601 writes it.

    >>> read_instant("2026-03-31T12:00:00Z").isoformat()
    '2026-03-31T12:00:00+00:00'
    """
    text = value if isinstance(value, datetime) else read_text(value)
    try:
        instant = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(
            f"{text!r} is not an instant", "write it such as 2026-03-31T12:00:00Z"
        ) from None
    if instant.tzinfo is None:
        raise BadValue(f"{str(text)!r} says no time zone", "add Z, or an offset such as +02:00")
    _check_day(instant.date())
    return instant


def read_flag(value: Any) -> bool:
    """Yes or no.

    >>> read_flag("Yes"), read_flag(False)
    (True, False)
    """
    found = value if isinstance(value, bool) else _FLAGS.get(read_text(value).lower())
    if found is None:
        raise BadValue(f"{value!r} is neither yes nor no", "write true, false, yes, no, 1 or 0")
    return found


def read_words(value: Any) -> list[str]:
    """A list of words; text is cut at semicolons.

    >>> read_words("WELCOME; LOYAL")
    ['WELCOME', 'LOYAL']
    """
    if isinstance(value, list):
        return [read_text(each) for each in value]
    return [word for each in read_text(value).split(";") if (word := each.strip())]


def read_data(value: Any) -> dict[str, Any]:
    """Named values, kept as they are.

    >>> read_data({"contract": "One year"})
    {'contract': 'One year'}
    """
    if not isinstance(value, dict):
        raise BadValue(f"{value!r} has no named values", 'write it as {"name": "value"}')
    if bad := find_bad_data(value):
        raise BadValue(bad, "remove it")
    return value


def read_rows(value: Any) -> list[dict[str, Any]]:
    """A list of named values, kept as they are.

    >>> read_rows([{"code": "disk"}])
    [{'code': 'disk'}]
    """
    if not isinstance(value, list):
        raise BadValue(f"{value!r} is no list", 'write it as [{"name": "value"}]')
    return [read_data(each) for each in value]


def read_settings(value: Any) -> dict[str, Any]:
    """Settings of one level; numbers and flags may be text.

    >>> read_settings({"billing_day": "15"})
    {'billing_day': 15}
    """
    given = dict(read_data(value))
    for name, read in (
        ("lead_days", read_count),
        ("terms_days", read_count),
        ("billing_day", read_count),
        ("tax_per_line", read_flag),
    ):
        if name in given:
            given[name] = read(given[name])
    try:
        return Settings.from_data(given).to_data()
    except BillingError as error:
        raise BadValue(str(error), "see the settings in docs/native-format.md") from None


def read_country(value: Any) -> str:
    """An ISO 3166 country code.

    >>> read_country("DE")
    'DE'
    """
    text = read_text(value)
    if not (len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()):
        raise BadValue(
            f"{text!r} is not a country", "write its ISO 3166 code of two capitals, such as DE"
        )
    return text


def read_currency(value: Any) -> str:
    """An ISO 4217 currency code.

    >>> read_currency("EUR")
    'EUR'
    """
    text = read_text(value)
    try:
        return currency(text).code
    except BillingError:
        raise BadValue(
            f"{text!r} is not a currency", "write its ISO 4217 code, such as EUR"
        ) from None
