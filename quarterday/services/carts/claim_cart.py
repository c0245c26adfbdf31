"""Take a cart for the rest of the transaction, if it can still be changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from quarterday.core.cart import BadCart
from quarterday.services.carts.make_cart import KEPT
from quarterday.store.models import Cart, CartStatus


def claim_cart(cart_id: int) -> Cart:
    """Lock a cart; the cart as it is then. Raises `BadCart` when there is none."""
    rows = Cart.objects.select_for_update(of=("self",)).select_related("seller", "account__seller")
    cart = rows.filter(id=cart_id).first()
    if cart is None:
        raise BadCart("this cart is no longer there; fill a new one", "expired")
    return cart


def check_open(cart: Cart, now: datetime) -> Cart:
    """The cart, unless it was ordered or has expired; then it raises `BadCart`."""
    if cart.status == CartStatus.ORDERED:
        raise BadCart("this cart was ordered; fill a new one for something else", "ordered")
    if cart.status == CartStatus.EXPIRED or cart.expires_at <= now:
        raise BadCart("this cart has expired; fill a new one", "expired")
    return cart


def keep_cart(cart: Cart, now: datetime, **changes: Any) -> Cart:
    """Write changes of a claimed cart, which waits anew from now on."""
    for name, value in {**changes, "expires_at": now + KEPT}.items():
        setattr(cart, name, value)
    cart.save(update_fields=[*changes, "expires_at"])
    return cart
