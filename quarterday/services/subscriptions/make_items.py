"""Make the items of a contract from prices, and the setup charges that go with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.exact import ONE
from quarterday.core.money import currency, from_minor, plain, to_minor
from quarterday.core.period import Schedule
from quarterday.store.models import (
    Account,
    EndCause,
    ItemRole,
    PendingCharge,
    Plan,
    Price,
    Subscription,
    SubscriptionItem,
)


class Span(NamedTuple):
    """From when to when something runs, and the first day of it that is to be billed."""

    start_on: date
    billed_through: date
    end_on: date | None = None
    end_cause: EndCause | None = None


def choose_prices(
    account: Account, plan: Plan, prices: Sequence[Price] | None, on: date
) -> list[Price]:
    """The prices given, or all that the plan has in the account's currency; checked.

    Raises `BillingError` when there is none, or one is retired or of another plan or currency.
    """
    if plan.product.seller_id != account.seller_id:
        raise BillingError(
            f"plan {plan.product.code}/{plan.code} is of another seller than account {account}; "
            "choose a plan of the account's seller"
        )
    if prices is None:
        found = Price.objects.filter(plan=plan, currency=account.currency)
        prices = [
            one for one in found.order_by("id") if one.retired_on is None or on < one.retired_on
        ]
    if not prices:
        raise BillingError(
            f"plan {plan.product.code}/{plan.code} has no price in {account.currency}; publish one"
        )
    for price in prices:
        if price.plan_id != plan.id:
            raise BillingError(f"price {price.code} is not of plan {plan.code}; choose one that is")
        if price.currency != account.currency:
            raise BillingError(
                f"price {price.code} is in {price.currency}, but account {account} is billed in "
                f"{account.currency}; give a price in its currency"
            )
        if price.retired_on is not None and price.retired_on <= on:
            raise BillingError(
                f"price {price.code} was retired on {price.retired_on}; choose another price"
            )
    return list(prices)


def check_quantity(quantity: Decimal) -> Decimal:
    """A quantity above zero; to charge nothing, end the item instead."""
    if not quantity.is_finite() or quantity <= 0:
        raise BillingError(f"quantity must be above 0, not {quantity}; to charge nothing, end it")
    return quantity


def make_items(
    subscription: Subscription,
    prices: Sequence[Price],
    quantity: Decimal,
    span: Span,
    schedule: Schedule,
    role: ItemRole = ItemRole.BASE,
) -> list[SubscriptionItem]:
    """Items that charge some prices, not yet written; a price with a commitment makes two.

    The quantity is that of what recurs: usage brings its own.
    """
    items = []
    for price in prices:
        count = ONE if price.meter_id else quantity
        items.append(make_item(subscription, price, count, span, schedule, role))
        if price.commitment is not None:
            commitment = ItemRole.COMMITMENT
            items.append(make_item(subscription, price, ONE, span, schedule, commitment))
    return items


def make_item(
    subscription: Subscription,
    price: Price,
    quantity: Decimal,
    span: Span,
    schedule: Schedule,
    role: str,
) -> SubscriptionItem:
    """One item, not yet written."""
    return SubscriptionItem(
        subscription=subscription,
        account_id=subscription.account_id,
        price=price,
        role=role,
        quantity=quantity,
        start_on=span.start_on,
        end_on=span.end_on,
        end_cause=span.end_cause,
        billed_from=None if span.billed_through == span.start_on else span.billed_through,
        billed_through=span.billed_through,
        anchor_on=schedule.anchor,
        anchor_day=schedule.day,
        cadence_count=schedule.cadence.count,
        cadence_unit=schedule.cadence.unit,
    )


def make_setup_charge(item: SubscriptionItem, plan: Plan, bill_on: date) -> PendingCharge | None:
    """The setup fee of an item, to go on its first invoice; None where the price has none."""
    price = item.price
    unit = currency(price.currency)
    minor = to_minor(price.setup_fee, unit)
    if not minor or item.role == ItemRole.COMMITMENT:
        return None
    return PendingCharge(
        account_id=item.account_id,
        subscription_id=item.subscription_id,
        item=item,
        product_id=plan.product_id,
        kind="setup",
        description=f"Setup: {plan.name}",
        period_start=item.start_on,
        period_end=item.start_on,
        unit_price=from_minor(minor, unit),
        currency=unit.code,
        amount_minor=minor,
        tax_inclusive=price.tax_inclusive,
        tax_on=item.start_on,
        bill_on=bill_on,
        explanation={
            "rule": "5",
            "price": f"{plan.product.code}/{plan.code}/{price.code}",
            "setup_fee": plain(price.setup_fee),
            "amount_minor": minor,
        },
    )
