"""Tell a customer that a price of theirs changes: what it was, what it will be, and from when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.money import plain
from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.core.pricing.worked import sample_quantities, work_example
from quarterday.core.recurring import price_of_period
from quarterday.services.invoicing.catalog import make_terms
from quarterday.services.messages.fields.others import name_service
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


def list_quantities_of(subscription_id: int, price: Price) -> tuple[Decimal, ...]:
    """How much of a price a contract has without an end."""
    rows = SubscriptionItem.objects.filter(
        subscription=subscription_id, price=price, end_on__isnull=True
    ).exclude(role=ItemRole.COMMITMENT)
    return tuple(rows.order_by("id").values_list("quantity", flat=True))


def tell_price(
    *, account: Account, moved: Sequence[Moved], old: Price, new: Price, now: datetime
) -> None:
    """One message to an account about a price and the one that follows it, queued once however
    often it is asked; call it in the transaction that moves the contracts.

    Amounts are those of a whole period, before discounts; of usage, some examples are told.
    """
    before, after = make_terms(old).price, make_terms(new).price
    rows: list[tuple[str, str, int, int]] = []
    if old.meter_id is not None:
        rows = _sample(before, after)
    else:
        rows = [
            (name_service(one.subscription), "", *_amounts(before, after, one.quantities))
            for one in moved[:_SHOWN]
        ]
    code = old.currency
    queue_message(
        kind=KIND,
        account=account,
        subject=account.public_id,
        occasion=new.public_id,
        now=now,
        data={
            "price": {
                "plan": old.plan.name,
                "on": min(one.on for one in moved).isoformat(),
                "day": min(one.on for one in moved).isoformat(),
                "last_on": max(one.on for one in moved).isoformat(),
                "is_inclusive": new.tax_inclusive,
                "old": [_line(text, note, was, code) for text, note, was, _ in rows],
                "new": [_line(text, note, will, code) for text, note, _, will in rows],
            }
        },
    )


def _amounts(
    before: PriceTerms, after: PriceTerms, quantities: Sequence[Decimal]
) -> tuple[int, int]:
    return (
        sum(price_of_period(before, one, False) for one in quantities),
        sum(price_of_period(after, one, False) for one in quantities),
    )


def _sample(before: PriceTerms, after: PriceTerms) -> list[tuple[str, str, int, int]]:
    """The first quantities whose cost is another one, in their order."""
    wanted = {
        *sample_quantities(before.model, before.free_units),
        *sample_quantities(after.model, after.free_units),
    }
    quantities = sorted(wanted)
    pairs = zip(work_example(before, quantities), work_example(after, quantities), strict=True)
    found = [
        (f"{plain(new.quantity)} ×", "", old.minor, new.minor)
        for old, new in pairs
        if old.minor != new.minor
    ]
    return found[:_SAMPLES]


def _line(text: str, note: str, minor: int, code: str) -> dict[str, Any]:
    return {"text": text, "note": note, "amount": {"minor": minor, "currency": code}}
