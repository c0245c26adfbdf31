"""Tell a customer that a price of theirs changes: what it was, what it will be, and from when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.money import plain
from quarterday.core.period import local_date
from quarterday.services.catalog.compare_price import PriceChange, compare_price
from quarterday.services.catalog.publish_version import TERMS
from quarterday.services.messages.fields.others import name_service
from quarterday.services.messages.find_reached import find_reached
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import Account, ItemRole, Price, Subscription, SubscriptionItem

KIND = "price_changed"
# So many contracts, and quantities of usage, are named one by one.
_SHOWN = 20
_SAMPLES = 4


class Moved(NamedTuple):
    """A contract that has a new price from a day on, and the quantities it has of it."""

    subscription: Subscription
    quantities: tuple[Decimal, ...]
    on: date


class _Row(NamedTuple):
    text: str
    before: int
    after: int


def list_quantities_of(subscription_id: int, price: Price) -> tuple[Decimal, ...]:
    """How much of a price a contract has without an end."""
    rows = SubscriptionItem.objects.filter(
        subscription=subscription_id, price=price, end_on__isnull=True
    ).exclude(role=ItemRole.COMMITMENT)
    return tuple(rows.order_by("id").values_list("quantity", flat=True))


def tell_price(
    *, account: Account, moved: Sequence[Moved], old: Price, new: Price, now: datetime
) -> bool:
    """One message to an account about a price and the one that follows it, queued once however
    often it is asked; call it in the transaction that moves the contracts.

    Amounts are those of a whole period, before discounts; of usage, some examples are told.
    Contracts that pay what they did are left out, and where none is left, nothing is queued.
    Returns whether nobody is left to be told: False where no mail reaches the account.
    """
    change = compare_price(old, {name: getattr(new, name) for name in TERMS})
    moved = [one for one in moved if any(map(change.concerns, one.quantities))]
    if not moved:
        return True
    rows, code = _list_rows(change, moved), old.currency
    differs = change.least_before != change.least_after
    days = [one.on for one in moved]
    queue_message(
        kind=KIND,
        account=account,
        subject=account.public_id,
        occasion=new.public_id,
        now=now,
        data={
            "price": {
                "plan": old.plan.name,
                "on": min(days).isoformat(),
                "day": min(days).isoformat(),
                "last_on": max(days).isoformat(),
                "was_inclusive": change.was_inclusive,
                "is_inclusive": change.is_inclusive,
                "old_least": _money(change.least_before, code) if differs else None,
                "new_least": _money(change.least_after, code) if differs else None,
                "old": _list_lines(((one.text, one.before) for one in rows), code),
                "new": _list_lines(((one.text, one.after) for one in rows), code),
            }
        },
    )
    today = local_date(now, account.seller.time_zone)
    return bool(find_reached(account.seller_id, [account.id], KIND, today))


def _list_rows(change: PriceChange, moved: Sequence[Moved]) -> list[_Row]:
    if change.is_usage:
        pairs = change.sample()[:_SAMPLES]
        return [_Row(f"{plain(one.quantity)} ×", one.before, one.after) for one in pairs]
    rows = []
    for one in moved[:_SHOWN]:
        amounts = [change.amounts_of(quantity) for quantity in one.quantities]
        before, after = sum(two.before for two in amounts), sum(two.after for two in amounts)
        rows.append(_Row(name_service(one.subscription), before, after))
    return rows


def _list_lines(rows: Iterable[tuple[str, int]], code: str) -> list[dict[str, Any]]:
    return [{"text": text, "note": "", "amount": _money(minor, code)} for text, minor in rows]


def _money(minor: int, code: str) -> dict[str, Any]:
    return {"minor": minor, "currency": code}
