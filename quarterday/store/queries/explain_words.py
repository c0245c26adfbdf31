"""Amounts, shares and numbers of an explanation, written so that a reader can calculate on."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from quarterday.core.money import Currency, currency, format_minor, round_half_up

_PLACES = 6
_MONTH = Fraction(1461, 48)


class Unit:
    """A currency that amounts are shown in: 1,234.50 EUR.

    Another way to write is another `write` and `add_currency`; pages have one for each language.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self._currency: Currency = currency(code)

    def write(self, value: Decimal, decimals: int) -> str:
        """A number with so many decimals."""
        return f"{value:,.{decimals}f}"

    def add_currency(self, text: str) -> str:
        """A number that was written, with the currency."""
        return f"{text} {self.code}"

    def name_price(self, code: str) -> str:
        """How a price is called before what it makes."""
        return _("price %(code)s") % {"code": code}

    def __call__(self, amount: str | Decimal) -> str:
        """An amount in currency units, with the decimals of the currency or more."""
        return self.add_currency(self.number(amount))

    def number(self, amount: str | Decimal) -> str:
        """The same without the currency."""
        value = Decimal(amount)
        decimals = len(f"{value:f}".partition(".")[2])
        return self.write(value, max(decimals, self._currency.exponent))

    def count(self, quantity: str) -> str:
        """A quantity with thousands: 1,091."""
        value = Decimal(quantity)
        return self.write(value, len(f"{value:f}".partition(".")[2]))

    def minor(self, amount: int) -> str:
        """An amount in minor units."""
        return self(format_minor(amount, self._currency))

    def major(self, amount: int) -> Fraction:
        """An amount in minor units as an exact amount of currency units."""
        return Fraction(amount, self._currency.scale)

    def exact(self, amount: str | Fraction) -> str:
        """An amount that was not rounded; one without an end is cut and says so."""
        return self.add_currency(self.exact_number(amount))

    def exact_number(self, amount: str | Fraction) -> str:
        """The same without the currency."""
        text = show_exact(Fraction(amount)).replace(",", "")
        if not text.endswith("…"):
            return self.number(text)
        return f"{self.write(Decimal(text.removesuffix('…')), _PLACES)}…"

    def round(self, exact: Fraction) -> int:
        """The minor units of an exact amount, half up."""
        return round_half_up(exact * self._currency.scale)

    def is_whole(self, exact: Fraction) -> bool:
        """Whether rounding changes nothing."""
        return (exact * self._currency.scale).denominator == 1

    def rounded(self, exact: Fraction) -> str:
        """An exact amount, and what it was rounded to."""
        if self.is_whole(exact):
            return self.exact(exact)
        words = {"exact": self.exact(exact), "amount": self.minor(self.round(exact))}
        return _("%(exact)s, rounded half up to %(amount)s") % words


def show_exact(value: Fraction) -> str:
    """A fraction as a decimal, with an ellipsis where it goes on.

    >>> show_exact(Fraction(599, 25)), show_exact(Fraction(-10000, 3))
    ('23.96', '-3,333.333333…')
    """
    scaled = abs(value) * 10**_PLACES
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    text = f"{whole // 10**_PLACES:,}.{whole % 10**_PLACES:0{_PLACES}d}"
    text = f"{text}…" if rest else text.rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def show_share(facts: dict[str, Any]) -> str:
    """The share of the period that is charged, as days of days wherever it can be."""
    factor = Fraction(facts["factor"])
    match facts.get("policy"):
        case "full":
            return _("%(factor)s (a part of a period is charged in full)") % {"factor": factor}
        case "none":
            return _("%(factor)s (a part of a period is not charged)") % {"factor": factor}
    days, of_days = facts["days"], facts["of_days"]
    if of_days and factor == Fraction(days, of_days):
        return _("%(days)s/%(whole)s days") % {"days": days, "whole": of_days}
    whole = 30 * max(1, round(of_days / _MONTH))
    if facts["convention"] == "fixed_30" and whole % factor.denominator == 0:
        words = {"days": factor * whole, "whole": whole}
        return _("%(days)s/%(whole)s days (each month counts as 30)") % words
    return str(factor)
