"""What a seller allows with credit, beside the amounts of `quarterday.core.funds`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from quarterday.core.errors import BillingError


class TaxCredit(StrEnum):
    """When credit that was paid in is taxed: when it comes in, or when it is used."""

    AT_DEPOSIT = "at_deposit"
    AT_USE = "at_use"


class RefundRule(StrEnum):
    """Whether customers may have back what they paid in and did not use."""

    NEVER = "never"
    ALWAYS = "always"
    WITHIN_DAYS = "within_days"


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """``needs_service``: only who has an active service may add credit. ``pays_orders``: credit
    may pay for new orders, not only for what goes on. ``tax_class`` is that of credit taxed when
    it comes in. ``refund_days`` counts for `RefundRule.WITHIN_DAYS`. ``top_up``: customers may let
    credit be added by itself, at most ``top_ups_a_day`` times.
    """

    is_enabled: bool = True
    needs_service: bool = False
    pays_orders: bool = True
    tax: TaxCredit = TaxCredit.AT_USE
    tax_class: str = "standard"
    refund: RefundRule = RefundRule.NEVER
    refund_days: int = 14
    top_up: bool = True
    top_ups_a_day: int = 2

    def may_refund(self, paid_on: date, today: date) -> bool:
        """Whether what was paid in on a day may still go back.

        >>> policy = read_policy({"refund": "within_days", "refund_days": 14})
        >>> policy.may_refund(date(2026, 1, 1), date(2026, 1, 15))
        True
        >>> policy.may_refund(date(2026, 1, 1), date(2026, 1, 16))
        False
        """
        if self.refund is RefundRule.WITHIN_DAYS:
            return today <= paid_on + timedelta(days=self.refund_days)
        return self.refund is RefundRule.ALWAYS


_RANGES = {"refund_days": (1, 3650), "top_ups_a_day": (1, 24)}


def read_policy(data: Any) -> CreditPolicy:
    """A seller's policy from ``credit`` of its brand; raises `BillingError`, which names the field.

    >>> read_policy({"tax": "at_deposit"}).tax
    <TaxCredit.AT_DEPOSIT: 'at_deposit'>
    >>> read_policy({"tax": "never"})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: tax of credit must be at_deposit or at_use, not 'never'
    """
    if not isinstance(data, Mapping):
        raise BillingError(f"credit must be names and values, not {data!r}")
    known = {field.name: field for field in fields(CreditPolicy)}
    if extra := sorted(set(data) - known.keys()):
        raise BillingError(f"credit has no {extra[0]!r}; it has {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    for name, value in data.items():
        values[name] = _check(name, value, type(known[name].default))
    return CreditPolicy(**values)


def _check(name: str, value: Any, kind: type) -> Any:
    if issubclass(kind, StrEnum):
        if value not in tuple(kind):
            *rest, last = kind
            words = f"{', '.join(rest)} or {last}"
            raise BillingError(f"{name} of credit must be {words}, not {value!r}")
        return kind(value)
    if kind is bool:
        if not isinstance(value, bool):
            raise BillingError(f"{name} of credit must be true or false, not {value!r}")
        return value
    if kind is int:
        low, high = _RANGES[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise BillingError(
                f"{name} of credit must be a whole number from {low} to {high}, not {value!r}"
            )
        return value
    if not isinstance(value, str) or not value.strip():
        raise BillingError(f"{name} of credit must be a text, not {value!r}")
    return value.strip()
