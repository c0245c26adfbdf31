"""How a mapping says that cells are written: dates by their parts, numbers by an example."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.loading.problem import BadValue
from quarterday.core.loading.values import read_number, read_text

_SAMPLE_DAY = date(2026, 3, 31)
_SAMPLE = re.compile(r"1(?P<group>\D?)234(?P<point>[.,])56")


def parse_format(text: str) -> Callable[[Any], Any]:
    """The reader of a format such as ``date:%d.%m.%Y`` or ``number:1.234,56``.

    A number is shown as one thousand two hundred and thirty-four point five six would be written.
    Raises `BillingError` for a format that is neither.

    >>> parse_format("date:%d.%m.%Y")("31.03.2026")
    datetime.date(2026, 3, 31)
    >>> parse_format("number:1.234,56")("12.345,6")
    Decimal('12345.6')
    """
    kind, _, rest = text.partition(":")
    if kind == "date" and _is_date_form(rest):
        return lambda value: _read_date(value, rest)
    if kind == "number" and (sample := _SAMPLE.fullmatch(rest)):
        group, point = sample["group"], sample["point"]
        if group != point:
            pattern = _number_pattern(group, point)
            return lambda value: _read_number(value, pattern, rest, group, point)
    raise BillingError(
        f"{text!r} is no format; write date:%d.%m.%Y with the parts of a date, or number:1.234,56"
    )


def _is_date_form(form: str) -> bool:
    """Whether a form can be read: it names no part twice, and none that there is not."""
    try:
        datetime.strptime(_SAMPLE_DAY.strftime(form), form)  # noqa: DTZ007 (a day has no zone)
    except (ValueError, re.error):
        return False
    return "%" in form


def _read_date(value: Any, form: str) -> date:
    if isinstance(value, date):
        return value
    text = read_text(value)
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise BadValue(
            f"{text!r} is not a date of the form {form}",
            "correct the cell, or the format in the mapping",
        ) from None


def _number_pattern(group: str, point: str) -> re.Pattern[str]:
    """Digits, in groups of three if at all, then perhaps a point and decimals."""
    whole = rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d+" if group else r"\d+"
    return re.compile(rf"[+-]?(?:{whole})(?:{re.escape(point)}\d+)?", re.ASCII)


def _read_number(
    value: Any, pattern: re.Pattern[str], sample: str, group: str, point: str
) -> Decimal:
    text = read_text(value)
    if not pattern.fullmatch(text):
        raise BadValue(
            f"{text!r} is not a number written like {sample}",
            "correct the cell, or the format in the mapping",
        )
    return read_number((text.replace(group, "") if group else text).replace(point, "."))
