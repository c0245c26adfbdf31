"""Change something in a cart, or take it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from quarterday.core.cart import BadCart, read_items
from quarterday.services.carts.claim_cart import check_open, claim_cart, keep_cart
from quarterday.services.orders.choose_items import choose_items, find_offered
from quarterday.store.models import Cart
from quarterday.store.queries.catalogue import load_catalogue


def change_item(
    *,
    cart: Cart,
    key: str,
    today: date,
    now: datetime,
    plan: str | None = None,
    quantity: int | None = None,
    options: Mapping[str, str] | None = None,
    addons: Mapping[str, int] | None = None,
) -> Cart:
    """Change what is given of one item; None leaves it as it is.

    Raises `BadCart` for what is not offered like this; then the cart is as it was.
    """
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        catalogue = load_catalogue(cart.seller, cart.currency, today)
        items = read_items(cart.items)
        place = next((index for index, one in enumerate(items) if one.key == key), None)
        if place is None:
            raise BadCart("that is no longer in the cart; look at it again", "gone")
        fields: dict[str, object] = {}
        if plan is not None:
            fields["plan"] = find_offered(catalogue, plan)[1].plan.public_id
        if quantity is not None:
            fields["quantity"] = quantity
        if options is not None:
            fields["options"] = dict(options)
        if addons is not None:
            fields["addons"] = {code: count for code, count in addons.items() if count}
        items[place] = items[place].change(**fields)
        choose_items(catalogue, [items[place]])
        return keep_cart(cart, now, items=[one.to_data() for one in items])


def remove_item(*, cart: Cart, key: str, now: datetime) -> Cart:
    """Take something out of a cart; what is not there is gone already."""
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        items = [one for one in read_items(cart.items) if one.key != key]
        return keep_cart(cart, now, items=[one.to_data() for one in items])
