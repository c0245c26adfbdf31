"""Whom moving everybody to a new price would concern, and how long before they would hear of it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from quarterday.services.subscriptions.change_price import choose_day
from quarterday.store.models import ItemRole, Price, SubscriptionItem

# So many items are looked at one by one; beyond, the day from which they may move is said.
_LOOKED_AT = 5000


class MoveEffect(NamedTuple):
    """How many customers have the price, and the first day on which one of them pays the new one,
    or no earlier day than that; None where nobody has it.
    """

    accounts: int
    first_on: date | None


def foresee_move(old: Price, *, not_before: date, on: date) -> MoveEffect:
    """The effect of a run on a day that moves everybody with their first free period after it."""
    rows = SubscriptionItem.objects.filter(price=old, end_on__isnull=True)
    rows = rows.exclude(role=ItemRole.COMMITMENT)
    accounts = rows.order_by().values("account_id").distinct().count()
    if not accounts:
        return MoveEffect(0, None)
    begin = max(not_before, on)
    items = list(rows.order_by("id")[: _LOOKED_AT + 1])
    if len(items) > _LOOKED_AT:
        return MoveEffect(accounts, begin)
    return MoveEffect(accounts, min(choose_day(one, begin) for one in items))
