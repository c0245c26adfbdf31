"""Paying an invoice in parts, each due on a day of its own; the invoice itself does not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day
from quarterday.core.money import allocate, currency
from quarterday.core.period import Cadence, add_cadence

MOST = 60


class Part(NamedTuple):
    """One part of a plan."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class InstalmentPolicy:
    """Whether payers may choose a plan themselves: for what is above ``from_minor`` by currency,
    in at most ``most`` parts, ``every`` so often. No currency is nobody.
    """

    from_minor: Mapping[str, int]
    most: int = 6
    every: str = "1 month"

    def allows(self, open_minor: int, code: str) -> bool:
        """Whether a payer may choose a plan for an amount.

        >>> read_policy({"from_minor": {"EUR": 50000}}).allows(60000, "EUR")
        True
        """
        return code in self.from_minor and open_minor >= self.from_minor[code]


def read_policy(data: Mapping[str, Any]) -> InstalmentPolicy:
    """A seller's policy; without one no payer chooses, though staff may agree to anything.

    >>> read_policy({"from_minor": {"EUR": 50000}, "most": 3}).most
    3
    >>> read_policy({"most": 1})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: instalments must have most as a whole number from 2 to 60
    """
    if not isinstance(data, Mapping):
        raise BillingError("instalments must be names and values, such as from_minor")
    if extra := sorted(set(data) - {"from_minor", "most", "every"}):
        raise BillingError(f"instalments know no {extra[0]!r}; they know every, from_minor, most")
    given = data.get("from_minor", {})
    if not isinstance(given, Mapping):
        raise BillingError("instalments must have from_minor as currencies and minor units")
    least = {
        currency(str(code)).code: _check_number(minor, "from_minor", 1, 10**15)
        for code, minor in given.items()
    }
    every = str(data.get("every", "1 month"))
    Cadence.parse(every)
    return InstalmentPolicy(least, _check_number(data.get("most", 6), "most", 2, MOST), every)


def _check_number(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BillingError(f"instalments must have {name} as a whole number from {low} to {high}")
    return value


def split_amount(
    amount_minor: int, count: int, first_on: date, every: str = "1 month"
) -> tuple[Part, ...]:
    """An amount in equal parts to the last minor unit, due from a day on and so often.

    Days count from the first, so that the 31st comes back after February. Raises `BillingError`.

    >>> parts = split_amount(10000, 3, date(2026, 1, 31))
    >>> [(str(one.due_on), one.amount_minor) for one in parts]
    [('2026-01-31', 3334), ('2026-02-28', 3333), ('2026-03-31', 3333)]
    """
    if not 2 <= count <= MOST:
        raise BillingError(f"a plan has from 2 to {MOST} instalments, not {count}")
    if amount_minor < count:
        raise BillingError(
            f"{amount_minor} in minor units cannot be split into {count} instalments; take fewer"
        )
    cadence = Cadence.parse(every)
    return tuple(
        Part(check_day(add_cadence(first_on, cadence, number)), share)
        for number, share in enumerate(allocate(amount_minor, [1] * count))
    )


def check_parts(parts: Sequence[Part], amount_minor: int) -> tuple[Part, ...]:
    """Parts of a plan as they were agreed: rising days, and together exactly what is open.

    >>> check_parts([Part(date(2026, 1, 1), 500), Part(date(2026, 2, 1), 400)], 1000)
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: the instalments come to 900 in minor units, but 1000 are \
open; change one of them
    """
    if not 1 <= len(parts) <= MOST:
        raise BillingError(f"a plan has from 1 to {MOST} instalments, not {len(parts)}")
    if any(one.amount_minor < 1 for one in parts):
        raise BillingError("every instalment must be above 0")
    days = [check_day(one.due_on) for one in parts]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise BillingError("the days of instalments must rise, one day for each")
    total = sum(one.amount_minor for one in parts)
    if total != amount_minor:
        raise BillingError(
            f"the instalments come to {total} in minor units, but {amount_minor} are open; change "
            "one of them"
        )
    return tuple(parts)


class Standing(NamedTuple):
    """How far one part is paid."""

    part: Part
    open_minor: int


def stand(parts: Sequence[Part], open_minor: int) -> list[Standing]:
    """What is open of each part when so much is open of all: payments fill them in their order.

    What a plan did not cover, such as a dispute that opened the invoice again, is on the last one.

    >>> parts = split_amount(10000, 2, date(2026, 1, 31))
    >>> [one.open_minor for one in stand(parts, 7000)]
    [2000, 5000]
    """
    rest, found = open_minor, []
    for one in reversed(parts):
        share = min(one.amount_minor, rest)
        rest -= share
        found.append(Standing(one, share))
    if found and rest:
        first = found[0]
        found[0] = Standing(first.part, first.open_minor + rest)
    return found[::-1]


def owed_by(parts: Sequence[Part], open_minor: int, day: date) -> int:
    """What of the open amount is due by a day.

    >>> parts = split_amount(10000, 2, date(2026, 1, 31))
    >>> owed_by(parts, 10000, date(2026, 1, 31)), owed_by(parts, 5000, date(2026, 2, 27))
    (5000, 0)
    """
    return sum(one.open_minor for one in stand(parts, open_minor) if one.part.due_on <= day)


def oldest_open(parts: Sequence[Part], open_minor: int) -> Part | None:
    """The first part that is not paid; by its day an invoice with a plan is overdue.

    >>> parts = split_amount(10000, 2, date(2026, 1, 31))
    >>> str(oldest_open(parts, 5000).due_on)
    '2026-02-28'
    """
    return next((one.part for one in stand(parts, open_minor) if one.open_minor), None)
