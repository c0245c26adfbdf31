"""How far amounts and days may go: what lies beyond is a slip, and would overflow a database.

Amounts stay so far below 64 bits that thousands of the largest can be summed; days so far inside
the calendar that every period, lead and term around them exists.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from quarterday.core.errors import BillingError

MOST_MINOR = 10**15
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
DEEPEST = 32

# Controls other than tab and line ends, half characters, and signs that only hide or turn text:
# none can be printed, put into XML, or told from its absence in an id.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060"
    "\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def check_minor(minor: int, what: str = "the amount") -> int:
    """An amount in minor units that every database can keep and sum.

    Raises `BillingError` for one beyond ten to the power of fifteen.

    >>> check_minor(1050)
    1050
    >>> check_minor(10**16, "the price")
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: the price has 17 digits in minor units; at most \
1000000000000000 can be billed, so look for a slip
    """
    if -MOST_MINOR <= minor <= MOST_MINOR:
        return minor
    raise BillingError(
        f"{what} has {len(str(abs(minor)))} digits in minor units; at most {MOST_MINOR} can be "
        "billed, so look for a slip"
    )


def check_day(day: date) -> date:
    """A day that can be billed around; raises `BillingError` for one outside of 1900 to 2999.

    >>> check_day(date(2100, 2, 28))
    datetime.date(2100, 2, 28)
    """
    if FIRST_DAY <= day <= LAST_DAY:
        return day
    raise BillingError(
        f"{day} is no day that can be billed; give one from {FIRST_DAY} to {LAST_DAY}"
    )


def find_unprintable(text: str) -> str | None:
    r"""The first character that has no business in a name or an id; None in a good text.

    >>> find_unprintable("Käse\n"), find_unprintable("a\x1b[31m")
    (None, '\x1b')
    """
    if text.isascii() and text.isprintable():
        return None
    found = _UNPRINTABLE.search(text)
    return found[0] if found else None


def find_bad_data(data: Any, depth: int = 1) -> str | None:
    r"""What is wrong with plain data: a text that cannot be printed, or too many levels.

    >>> find_bad_data({"contract": ["One year"]}), find_bad_data({"contract": "\x00"})
    (None, 'the text holds the character U+0000')
    """
    if isinstance(data, str):
        bad = find_unprintable(data)
        return None if bad is None else f"the text holds the character U+{ord(bad):04X}"
    if not isinstance(data, dict | list):
        return None
    if depth > DEEPEST:
        return f"it has more than {DEEPEST} levels"
    parts = [*data, *data.values()] if isinstance(data, dict) else data
    return next((bad for part in parts if (bad := find_bad_data(part, depth + 1))), None)
