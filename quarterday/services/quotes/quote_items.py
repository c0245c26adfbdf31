"""What a quote offers, kept so that accepting it gives just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from quarterday.core.cart import MOST_ITEMS, BadCart
from quarterday.core.errors import BillingError
from quarterday.core.money import parse_exact, plain
from quarterday.services.orders.choose_items import Addition, Chosen
from quarterday.services.subscriptions.make_items import check_quantity, choose_prices
from quarterday.store.models import Account, Discount, Offer, Plan, Price, Quote
from quarterday.store.queries.catalogue import PlanView


@dataclass(frozen=True, slots=True)
class QuoteItem:
    """A plan to offer, with what is added to it; prices are all that the plans have."""

    plan: Plan
    quantity: Decimal = Decimal(1)
    additions: Sequence[tuple[Plan, Decimal]] = ()


def choose_quoted(account: Account, items: Sequence[QuoteItem], today: date) -> list[Chosen]:
    """The contracts that a quote would make; raises `BillingError` for what cannot be sold."""
    found: list[Chosen] = []
    for place, item in enumerate(items, 1):
        prices = choose_prices(account, item.plan, None, today)
        additions = [
            Addition(price, check_quantity(quantity))
            for plan, quantity in item.additions
            for price in choose_prices(account, plan, None, today)
        ]
        for price in prices:
            price.plan = item.plan
        quantity, copies = check_quantity(item.quantity), 1
        if not PlanView(item.plan, tuple(prices)).is_by_piece:
            # Its price is the same for any quantity, so two of it are two contracts.
            quantity, copies = Decimal(1), _whole(quantity, item.plan)
        one = Chosen(
            str(place),
            _offer_of(item.plan),
            item.plan,
            tuple(prices),
            quantity,
            tuple(additions),
        )
        found += [one] * copies
    return found


def _whole(quantity: Decimal, plan: Plan) -> int:
    if quantity != int(quantity) or quantity > MOST_ITEMS:
        raise BillingError(
            f"plan {plan.code} has one price for any quantity, so each is a contract of its own; "
            f"give a whole number up to {MOST_ITEMS}"
        )
    return int(quantity)


def items_to_data(chosen: Sequence[Chosen]) -> list[dict[str, Any]]:
    """What is kept: prices by public id, since those never change."""
    return [
        {
            "plan": one.plan.public_id,
            "prices": [price.public_id for price in one.prices],
            "quantity": plain(one.quantity),
            "additions": [
                {"price": each.price.public_id, "quantity": plain(each.quantity)}
                for each in one.additions
            ],
        }
        for one in chosen
    ]


def read_quoted(quote: Quote) -> list[Chosen]:
    """The contracts that a quote offers, at the prices that were offered."""
    wanted = {price for item in quote.items for price in item["prices"]}
    wanted |= {one["price"] for item in quote.items for one in item["additions"]}
    rows = Price.objects.filter(public_id__in=wanted, plan__product__seller=quote.seller_id)
    prices = {
        row.public_id: row for row in rows.select_related("plan__product", "meter").order_by("id")
    }
    if wanted - prices.keys():
        raise BadCart("a price of the quote is gone; ask for a new quote", "gone")
    return [
        Chosen(
            str(place),
            _offer_of(prices[item["prices"][0]].plan),
            prices[item["prices"][0]].plan,
            tuple(prices[one] for one in item["prices"]),
            parse_exact(item["quantity"]),
            tuple(
                Addition(prices[one["price"]], parse_exact(one["quantity"]))
                for one in item["additions"]
            ),
        )
        for place, item in enumerate(quote.items, 1)
    ]


def quoted_discounts(quote: Quote) -> list[Discount]:
    """The discounts that a quote was made with."""
    codes = quote.data.get("discounts", [])
    rows = Discount.objects.filter(seller=quote.seller_id, code__in=codes)
    return list(rows.order_by("id"))


def _offer_of(plan: Plan) -> Offer:
    """The public offer of a product; what is not offered in public starts with its order."""
    known = Offer.objects.filter(product=plan.product_id).first()
    return known or Offer(product=plan.product, activation="on_order", on_invoice=True)
