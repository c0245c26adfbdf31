"""Whom moving everybody to a new price would concern, and how long before they would hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from quarterday.services.catalog.compare_price import compare_price
from quarterday.services.messages.find_reached import find_reached
from quarterday.services.subscriptions.change_price import choose_day
from quarterday.services.subscriptions.claim_subscription import CHANGEABLE
from quarterday.store.models import ItemRole, Price, SubscriptionItem

# So many items are looked at one by one; beyond, the day from which they may move is said.
_LOOKED_AT = 5000


class MoveEffect(NamedTuple):
    """How many customers who would pay another amount a mail tells, and how many none reaches; and
    the first day on which one of them pays it, or no earlier day than that, None without any.
    """

    told: int
    unreached: int
    first_on: date | None


def foresee_move(old: Price, *, terms: Mapping[str, Any], not_before: date, on: date) -> MoveEffect:
    """The effect of a run on a day that moves everybody with their first free period after it."""
    rows = SubscriptionItem.objects.filter(
        price=old, end_on__isnull=True, subscription__status__in=CHANGEABLE
    )
    rows = rows.exclude(role=ItemRole.COMMITMENT).order_by()
    change = compare_price(old, terms)
    if not change.concerns_all:
        quantities = rows.values_list("quantity", flat=True).distinct()
        rows = rows.filter(quantity__in=[one for one in quantities if change.concerns(one)])
    accounts = list(rows.values_list("account_id", flat=True).distinct())
    if not accounts:
        return MoveEffect(0, 0, None)
    told = len(find_reached(old.plan.product.seller_id, accounts, "price_changed", on))
    begin = max(not_before, on)
    items = list(rows.order_by("id")[: _LOOKED_AT + 1])
    if len(items) <= _LOOKED_AT:
        begin = min(choose_day(one, begin) for one in items)
    return MoveEffect(told, len(accounts) - told, begin)
