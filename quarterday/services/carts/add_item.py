"""Put a plan into a cart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from quarterday.core.cart import CartItem, next_key, read_items
from quarterday.services.carts.claim_cart import check_open, claim_cart, keep_cart
from quarterday.services.orders.choose_items import choose_items, find_offered
from quarterday.store.models import Cart
from quarterday.store.queries.catalogue import load_catalogue


def add_item(
    *,
    cart: Cart,
    plan: str,
    today: date,
    now: datetime,
    quantity: int = 1,
    options: Mapping[str, str] | None = None,
    addons: Mapping[str, int] | None = None,
) -> Cart:
    """Add a plan, named by public id or ``product/plan``, with options and add-ons.

    Exactly the same again adds to its quantity where that is allowed. Raises `BadCart` for what
    is not offered like this; then the cart is as it was.
    """
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        catalogue = load_catalogue(cart.seller, cart.currency, today)
        offer, view = find_offered(catalogue, plan)
        items = read_items(cart.items)
        new = CartItem(
            next_key(items),
            view.plan.public_id,
            quantity,
            dict(options or {}),
            {code: count for code, count in (addons or {}).items() if count},
        )
        choose_items(catalogue, [new])
        items = _put(items, new, offer.offer.max_quantity)
        choose_items(catalogue, items)
        return keep_cart(cart, now, items=[one.to_data() for one in items])


def _put(items: list[CartItem], new: CartItem, most: int) -> list[CartItem]:
    """The items with a new one, or with more of the one that is the same."""
    for place, one in enumerate(items):
        if one.change(key="", quantity=1) == new.change(key="", quantity=1):
            total = min(one.quantity + new.quantity, most)
            return [*items[:place], one.change(quantity=total), *items[place + 1 :]]
    return [*items, new]
