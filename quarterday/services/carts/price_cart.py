"""What a cart costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from quarterday.core.cart import BadCart, read_items
from quarterday.core.errors import BillingError
from quarterday.services.accounts.check_tax_id import check_tax_id
from quarterday.services.accounts.open_account import make_account
from quarterday.services.carts.find_promotion import aims_at_cart, find_promotion
from quarterday.services.orders.choose_items import Chosen, choose_items
from quarterday.services.orders.price_order import PricedOrder, price_order
from quarterday.store.models import Account, Cart, Discount
from quarterday.store.queries.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart as it stands: what it would make, for what, and what is wrong with its promotion."""

    chosen: tuple[Chosen, ...]
    discounts: tuple[Discount, ...]
    priced: PricedOrder
    problem: BadCart | None = None


def price_cart(*, cart: Cart, catalogue: Catalogue, today: date, now: datetime) -> PricedCart:
    """What a cart costs today and later; nothing is written.

    A promotion code that no longer counts is left out, and said. Raises `BillingError` for what
    cannot be ordered any more.
    """
    chosen = choose_items(catalogue, read_items(cart.items))
    account = cart_account(cart, now)
    discounts, problem = usable_discounts(cart, chosen, today)
    return PricedCart(
        tuple(chosen), tuple(discounts), price_order(account, chosen, discounts, today), problem
    )


def cart_account(cart: Cart, now: datetime) -> Account:
    """The account that the cart is for, or a new one as check-out would open it, not written."""
    if cart.account is not None:
        return cart.account
    try:
        tax_id = check_tax_id(country=cart.country, tax_id=cart.tax_id, now=now)
    except BillingError:
        tax_id = check_tax_id(country=cart.country, tax_id="", now=now)
    return make_account(
        seller=cart.seller,
        name="-",
        country=cart.country,
        currency=cart.currency,
        region=cart.region,
        tax_id=tax_id.number,
        tax_id_evidence=tax_id.evidence,
    )


def usable_discounts(
    cart: Cart, chosen: Sequence[Chosen], today: date
) -> tuple[list[Discount], BadCart | None]:
    """The discount of the cart's promotion code, or why it does not count."""
    if not cart.promotion:
        return [], None
    try:
        found = find_promotion(
            seller=cart.seller,
            code=cart.promotion,
            currency=cart.currency,
            today=today,
            account=cart.account,
        )
    except BadCart as error:
        return [], error
    if not aims_at_cart(found, chosen):
        text = f"the code {found.code} is for other products than those in the cart"
        return [], BadCart(text, "promotion_products", code=found.code)
    return [found], None
