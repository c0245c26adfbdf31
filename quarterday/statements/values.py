"""Amounts and days as banks write them, exactly, and what is said when they cannot be read."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from quarterday.core.errors import BillingError
from quarterday.core.money import Currency, currency, parse_minor, to_minor

# Currencies that are gone, but stand in old statements.
_GONE = {
    **dict.fromkeys(
        "ATS BEF BGN CYP DEM EEK FIM FRF GRD HRK IEP LTL LUF LVL MTL NLG SIT SKK".split(), 2
    ),
    **dict.fromkeys("ESP ITL PTE".split(), 0),
}
# What banks write where there is no reference.
_NO_REFERENCE = re.compile(r"(NONREF|NOTPROVIDED|NOT PROVIDED|NICHT ANGEGEBEN|N/?A|[0\W]*)", re.I)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def find_currency(code: str, where: str) -> Currency:
    """A currency that a statement names, also one that is gone; raises `BillingError` if none."""
    if code in _GONE:
        return Currency(code, _GONE[code])
    try:
        return currency(code)
    except BillingError as error:
        raise BillingError(f"{where}: {error}; get the file from the bank again") from None


def read_amount(text: str, unit: Currency, where: str, *, is_rounded: bool = False) -> int:
    """Minor units of an amount with a decimal point; what is smaller is rounded only if asked for.

    Raises `BillingError` for what is no number, and for more decimals than the currency has.
    """
    plain = text.strip()
    if not _PLAIN.fullmatch(plain):
        raise BillingError(f"{where}: {text!r} is no amount; get the file from the bank again")
    if len(plain.lstrip("+-0")) > 20:
        raise BillingError(f"{where}: {text!r} is no amount that an account can hold")
    try:
        if is_rounded:
            return to_minor(Decimal(plain), unit)
        return parse_minor(plain.rstrip("."), unit)
    except BillingError as error:
        raise BillingError(f"{where}: {error}") from None


def read_day(text: str, where: str) -> date:
    """The day at the beginning of an ISO date or instant, as the bank wrote it."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise BillingError(
            f"{where}: {text!r} is no date; get the file from the bank again"
        ) from None


def make_day(year: int, month: int, day: int, where: str, text: str) -> date:
    """A day of the calendar, or `BillingError`; years of two digits are those since 1980."""
    if year < 100:
        year += 2000 if year < 80 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        raise BillingError(
            f"{where}: {text!r} is no day of the calendar; get the file from the bank again"
        ) from None


def reference(text: str | None) -> str:
    """A reference, or nothing for what banks write where there is none.

    Spaces around it do not count.
    """
    plain = (text or "").strip()
    return "" if _NO_REFERENCE.fullmatch(plain) else plain


def one_line(text: str) -> str:
    """Text with each run of spaces and line ends as one space."""
    return " ".join(text.split())
