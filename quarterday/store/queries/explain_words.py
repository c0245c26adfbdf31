"""Amounts, shares and numbers of an explanation, written so that a reader can calculate on."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import Currency, currency, format_minor, round_half_up

_PLACES = 6
_POLICIES = {
    "full": "a part of a period is charged in full",
    "none": "a part of a period is not charged",
}
_MONTH = Fraction(1461, 48)


class Unit:
    """A currency that amounts are shown in: 1,234.50 EUR."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._currency: Currency = currency(code)

    def __call__(self, amount: str | Decimal) -> str:
        """An amount in currency units, with the decimals of the currency or more."""
        return f"{self.number(amount)} {self.code}"

    def number(self, amount: str | Decimal) -> str:
        """The same without the currency."""
        value = Decimal(amount)
        decimals = len(f"{value:f}".partition(".")[2])
        return f"{value:,.{max(decimals, self._currency.exponent)}f}"

    def minor(self, amount: int) -> str:
        """An amount in minor units."""
        return self(format_minor(amount, self._currency))

    def exact(self, amount: str | Fraction) -> str:
        """An amount that was not rounded; one without an end is cut and says so."""
        text = show_exact(Fraction(amount))
        return f"{text} {self.code}" if text.endswith("…") else self(text.replace(",", ""))

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
        return f"{self.exact(exact)}, rounded half up to {self.minor(self.round(exact))}"


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


def show_number(text: str) -> str:
    """A quantity with thousands: 1,091."""
    return f"{Decimal(text):,f}"


def show_share(facts: dict[str, Any]) -> str:
    """The share of the period that is charged, as days of days wherever it can be."""
    if facts.get("policy") in _POLICIES:
        return f"{facts['factor']} ({_POLICIES[facts['policy']]})"
    factor = Fraction(facts["factor"])
    days, of_days = facts["days"], facts["of_days"]
    if of_days and factor == Fraction(days, of_days):
        return f"{days}/{of_days} days"
    whole = 30 * max(1, round(of_days / _MONTH))
    if facts["convention"] == "fixed_30" and whole % factor.denominator == 0:
        return f"{factor * whole}/{whole} days (each month counts as 30)"
    return str(factor)
