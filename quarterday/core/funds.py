"""How much credit a customer may pay in: at least, at most, and altogether."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.money import currency, format_minor

_NAMES = ("min_minor", "max_minor", "max_balance_minor")


@dataclass(frozen=True, slots=True)
class FundLimits:
    """Limits in minor units; ``max_balance_minor`` is for what is there and on its way together.

    Below ``low_minor`` the customer is told that credit runs low; 0 is never.
    """

    currency: str
    min_minor: int
    max_minor: int
    max_balance_minor: int
    is_enabled: bool = True
    low_minor: int = 0

    def find_most(self, balance_minor: int) -> int:
        """The most that may be added to a balance; below the minimum, nothing may.

        >>> read_limits({}, "EUR").find_most(490000)
        10000
        """
        return max(0, min(self.max_minor, self.max_balance_minor - balance_minor))


def read_limits(data: Mapping[str, Any], code: str) -> FundLimits:
    """The limits of a currency from a seller's settings, or usual ones where it has none.

    Usual are 10 to 1,000 and altogether 5,000 units, a hundred times that in currencies without
    decimals. Raises `BillingError` for settings that contradict themselves.

    >>> read_limits({"EUR": {"min_minor": 500}}, "EUR").min_minor, read_limits({}, "JPY").max_minor
    (500, 100000)
    """
    given = data.get(code, {})
    if not isinstance(given, Mapping):
        raise BillingError(f"add_funds of {code} must be names and amounts, such as min_minor")
    known = {"is_enabled", "low_minor", *_NAMES}
    if extra := sorted(set(given) - known):
        raise BillingError(
            f"add_funds of {code} has an unknown {extra[0]!r}; it knows {', '.join(sorted(known))}"
        )
    unit = currency(code)
    scale = unit.scale if unit.exponent else 100
    usual = dict(zip(_NAMES, (10 * scale, 1000 * scale, 5000 * scale), strict=True))
    amounts = {name: _check(code, name, given.get(name, usual[name])) for name in _NAMES}
    if not amounts["min_minor"] <= amounts["max_minor"] <= amounts["max_balance_minor"]:
        raise BillingError(
            f"add_funds of {code} must have min_minor, max_minor and max_balance_minor in rising "
            f"order, not {', '.join(str(amounts[name]) for name in _NAMES)}"
        )
    is_enabled = given.get("is_enabled", True)
    if not isinstance(is_enabled, bool):
        raise BillingError(f"add_funds of {code} must have is_enabled true or false")
    low = _check(code, "low_minor", given["low_minor"]) if given.get("low_minor") else 0
    return FundLimits(code, **amounts, is_enabled=is_enabled, low_minor=low)


def check_funds(limits: FundLimits, amount_minor: int, balance_minor: int) -> int:
    """An amount that may be added to a balance; raises `BillingError`, which says what may.

    >>> check_funds(read_limits({}, "EUR"), 2000, 0)
    2000
    >>> check_funds(read_limits({}, "EUR"), 20000, 490000)
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: amount must be at most 100.00 EUR now, since credit may \
be at most 5000.00 EUR altogether, and 4900.00 EUR are there or on their way
    """
    unit = currency(limits.currency)

    def show(minor: int) -> str:
        return f"{format_minor(minor, unit)} {unit}"

    if not limits.is_enabled:
        raise BillingError(f"credit in {unit} cannot be paid in; pay an invoice instead")
    if amount_minor < limits.min_minor:
        raise BillingError(f"amount must be at least {show(limits.min_minor)}")
    if amount_minor > limits.max_minor:
        raise BillingError(f"amount must be at most {show(limits.max_minor)} at a time")
    most = limits.find_most(balance_minor)
    if amount_minor > most:
        raise BillingError(
            f"amount must be at most {show(most)} now, since credit may be at most "
            f"{show(limits.max_balance_minor)} altogether, and {show(balance_minor)} are there or "
            "on their way"
        )
    return amount_minor


def _check(code: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BillingError(
            f"add_funds of {code} must have {name} as a whole number of minor units from 1"
        )
    return check_minor(value, name)
