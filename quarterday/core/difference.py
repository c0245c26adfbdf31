"""Why an account is billed another amount than last time, line by line.

Lines are matched by what they are for; what changed is said in the order of how much it matters.
The differences of all reasons sum to that of the nets, so nothing is left unexplained.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.money import plain
from quarterday.core.period import Period

# Months differ by three days; what differs by more bills another share of a period.
_ALIKE_DAYS = 3
_SERVICE = frozenset(("recurring", "usage", "commitment"))


class BilledLine(NamedTuple):
    """A line that was or is to be billed; amounts in minor units, ``net`` after the discount."""

    subscription_id: int | None
    kind: str
    description: str
    period: Period
    quantity: Decimal
    discount_minor: int
    net_minor: int


class Reason(NamedTuple):
    """What is different, and by how many minor units."""

    text: str
    minor: int


class _Sum(NamedTuple):
    """The lines of one thing together."""

    days: int
    quantity: Decimal
    discount_minor: int
    net_minor: int


def explain_difference(
    before: Iterable[BilledLine], after: Iterable[BilledLine]
) -> Sequence[Reason]:
    """What makes two bills differ, the largest first; empty when their lines say the same.

    >>> from datetime import date
    >>> month = Period(date(2026, 1, 1), date(2026, 2, 1))
    >>> seats = BilledLine(1, "recurring", "Seats", month, Decimal(10), 0, 4000)
    >>> explain_difference([seats], [seats._replace(quantity=Decimal(12), net_minor=4800)])
    [Reason(text='Seats: 12 instead of 10', minor=800)]
    >>> visit = BilledLine(None, "one_off", "Visit", month, Decimal(1), 0, 5000)
    >>> [one.text for one in explain_difference([seats, visit], [])]
    ['once last time: Visit', 'no longer: Seats']
    """
    had, has = _gather(before), _gather(after)
    found = []
    for key in {**had, **has}:
        reason = _compare(key, had.get(key), has.get(key))
        if reason is not None:
            found.append(reason)
    return sorted(found, key=lambda one: (-abs(one.minor), one.text))


_Key = tuple[int | None, str, str]


def _gather(lines: Iterable[BilledLine]) -> dict[_Key, _Sum]:
    found: dict[_Key, _Sum] = {}
    for line in lines:
        key = (line.subscription_id, line.kind, line.description)
        days = line.period.days
        had = found.get(key)
        if had is None:
            found[key] = _Sum(days, line.quantity, line.discount_minor, line.net_minor)
        else:
            found[key] = _Sum(
                had.days + days,
                max(had.quantity, line.quantity),
                had.discount_minor + line.discount_minor,
                had.net_minor + line.net_minor,
            )
    return found


def _compare(key: _Key, had: _Sum | None, has: _Sum | None) -> Reason | None:
    _, kind, name = key
    regular = kind in _SERVICE
    if had is None and has is not None:
        return Reason(f"new: {name}" if regular else f"once: {name}", has.net_minor)
    if has is None and had is not None:
        text = f"no longer: {name}" if regular else f"once last time: {name}"
        return Reason(text, -had.net_minor)
    assert had is not None
    assert has is not None
    minor = has.net_minor - had.net_minor
    return Reason(f"{name}: {_say(had, has)}", minor) if minor else None


def _say(had: _Sum, has: _Sum) -> str:
    if had.quantity != has.quantity:
        return f"{plain(has.quantity)} instead of {plain(had.quantity)}"
    if abs(had.days - has.days) > _ALIKE_DAYS:
        return f"{has.days} days instead of {had.days}"
    if had.discount_minor and not has.discount_minor:
        return "the discount has ended"
    if has.discount_minor and not had.discount_minor:
        return "now with a discount"
    if had.discount_minor != has.discount_minor:
        return "another discount"
    return "another price"
