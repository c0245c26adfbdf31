"""Settings that resolve seller → product → plan → account → subscription (billing rule 7).

The first level that sets a value, seen from the subscription, wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from quarterday.core.charging import Timing
from quarterday.core.errors import BillingError


class Grouping(StrEnum):
    """Which charges share an invoice (billing rule 8)."""

    TOGETHER = "together"
    SEPARATE = "separate"


class CreditUse(StrEnum):
    """When open credit is used for an invoice (billing rule 13)."""

    AT_ISSUE = "at_issue"
    ON_DUE_DATE = "on_due_date"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one level sets; None where it is silent. Days are whole days.

    ``lead_days``: how long before its period a charge in advance is billed. ``terms_days``: how
    long after issue an invoice is due. ``billing_day``: the account's own day of the month.
    ``tax_per_line``: round tax on each line instead of once per rate. ``autopay``: charge invoices
    to the kept method by itself, ``collect_days_before`` their due date. ``dunning``: the code of
    the policy by which unpaid invoices are followed up, or ``none``.
    """

    lead_days: int | None = None
    terms_days: int | None = None
    grouping: Grouping | None = None
    billing_day: int | None = None
    credit_use: CreditUse | None = None
    tax_per_line: bool | None = None
    autopay: bool | None = None
    collect_days_before: int | None = None
    dunning: str | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Settings:
        """Read one level from outside; raises `BillingError` for an unknown name or bad value.

        >>> Settings.from_data({"lead_days": 7, "grouping": "separate"}).lead_days
        7
        """
        known = {field.name for field in fields(cls)}
        for name in data:
            if name not in known:
                raise BillingError(f"{name!r} is no setting; there are {', '.join(sorted(known))}")
        values = {name: value for name, value in data.items() if value is not None}
        for name, (low, high) in _RANGES.items():
            value = values.get(name, low)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise BillingError(f"{name} must be a whole number from {low} to {high}: {value!r}")
        for name, kind in (("grouping", Grouping), ("credit_use", CreditUse)):
            if name in values:
                try:
                    values[name] = kind(values[name])
                except ValueError:
                    raise BillingError(
                        f"{name} must be one of {', '.join(kind)}: {values[name]!r}"
                    ) from None
        for name in ("tax_per_line", "autopay"):
            if not isinstance(values.get(name, False), bool):
                raise BillingError(f"{name} must be true or false: {values[name]!r}")
        if "dunning" in values and not _is_code(values["dunning"]):
            raise BillingError(
                "dunning must be the code of a policy, such as standard, or none: "
                f"{values['dunning']!r}"
            )
        return cls(**values)

    def to_data(self) -> dict[str, Any]:
        """What is set, for storing.

        >>> Settings(terms_days=30).to_data()
        {'terms_days': 30}
        """
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in pairs if value is not None}


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable()


_RANGES = {
    "lead_days": (0, 366),
    "terms_days": (0, 366),
    "billing_day": (1, 31),
    "collect_days_before": (0, 30),
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings with nothing left open."""

    lead_days: int
    terms_days: int
    grouping: Grouping
    billing_day: int | None
    credit_use: CreditUse
    tax_per_line: bool
    autopay: bool = True
    collect_days_before: int = 0
    dunning: str = "none"


DEFAULTS = Resolved(14, 14, Grouping.TOGETHER, None, CreditUse.AT_ISSUE, False)


@lru_cache(maxsize=4096)
def resolve(timing: Timing, *levels: Settings) -> Resolved:
    """Put levels together, the most general first; a later level wins where it says something.

    What is billed in arrears has no lead: it is billed when its period has ended.

    >>> resolve(Timing.ADVANCE, Settings(lead_days=7), Settings(), Settings(lead_days=3)).lead_days
    3
    """
    result = DEFAULTS
    for level in levels:
        if level != _SILENT:
            result = replace(result, **level.to_data())
    return result if timing is Timing.ADVANCE else replace(result, lead_days=0)


_SILENT = Settings()
