"""Late fees: fixed, in percent, with a minimum and a cap, once or again; and interest by days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from quarterday.core.money import round_half_up

DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class LateFee:
    """What being late costs. Amounts are in minor units by currency; none set is nothing.

    ``fixed`` and ``percent`` of what is open are added, and never come to less than ``minimum``.
    ``interest`` is percent a year of what is open, for each day since it was due or last charged.
    With ``every_days`` it is charged again so often, ``times`` at most. All fees for one invoice
    together stay within ``cap`` and ``cap_percent`` of its total.
    """

    fixed: Mapping[str, int] = field(default_factory=dict)
    percent: Decimal = Decimal(0)
    minimum: Mapping[str, int] = field(default_factory=dict)
    interest: Decimal = Decimal(0)
    every_days: int = 0
    times: int = 1
    cap: Mapping[str, int] = field(default_factory=dict)
    cap_percent: Decimal | None = None


def compute_fee(
    fee: LateFee, currency: str, *, open_minor: int, total_minor: int, charged_minor: int, days: int
) -> int:
    """The fee to charge now, in minor units; 0 where there is none, or the cap is reached.

    ``days`` are those since the invoice was due, or since interest was last charged for it;
    ``charged_minor`` is what was charged for it before.

    >>> fee = LateFee(fixed={"EUR": 500}, percent=Decimal("1.5"), cap={"EUR": 1500})
    >>> compute_fee(fee, "EUR", open_minor=12000, total_minor=12000, charged_minor=0, days=5)
    680
    >>> compute_fee(fee, "EUR", open_minor=12000, total_minor=12000, charged_minor=1360, days=5)
    140
    >>> interest = LateFee(interest=Decimal("9.12"))
    >>> compute_fee(interest, "EUR", open_minor=100000, total_minor=1, charged_minor=0, days=30)
    750
    """
    percent = Fraction(fee.percent) / 100 * open_minor
    interest = Fraction(fee.interest) / 100 * open_minor * max(days, 0) / DAYS_OF_YEAR
    amount = fee.fixed.get(currency, 0) + round_half_up(percent + interest)
    amount = max(amount, fee.minimum.get(currency, 0)) if open_minor > 0 else 0
    for most in _caps(fee, currency, total_minor):
        amount = min(amount, most - charged_minor)
    return max(amount, 0)


def _caps(fee: LateFee, currency: str, total_minor: int) -> list[int]:
    caps = [fee.cap[currency]] if currency in fee.cap else []
    if fee.cap_percent is not None:
        caps.append(round_half_up(Fraction(fee.cap_percent) / 100 * total_minor))
    return caps
