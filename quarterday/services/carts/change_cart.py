"""Say who buys and how: country, tax number, currency, promotion code, account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.cart import BadCart, read_items
from quarterday.core.money import currency as find_currency
from quarterday.services.accounts.check_tax_id import check_tax_id
from quarterday.services.carts.claim_cart import check_open, claim_cart, keep_cart
from quarterday.services.carts.find_promotion import aims_at_cart, find_promotion
from quarterday.services.inputs import check_country
from quarterday.services.orders.choose_items import choose_items
from quarterday.store.models import Account, Cart
from quarterday.store.queries.catalogue import load_catalogue


def change_place(
    *, cart: Cart, country: str, now: datetime, region: str = "", tax_id: str = ""
) -> Cart:
    """Set the buyer's country, region and tax number, which decide the tax.

    Raises `BadTaxId` for what is no number of the country, and `BillingError` for bad input.
    """
    country = check_country(country)
    number = check_tax_id(country=country, tax_id=tax_id, now=now).number
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        return keep_cart(cart, now, country=country, region=region[:32], tax_id=number)


def change_promotion(*, cart: Cart, code: str, today: date, now: datetime) -> Cart:
    """Enter a promotion code, or take it away by an empty one.

    Raises `BadCart` for a code that this buyer cannot use for this cart.
    """
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        if not code.strip():
            return keep_cart(cart, now, promotion="")
        discount = find_promotion(
            seller=cart.seller,
            code=code,
            currency=cart.currency,
            today=today,
            account=cart.account,
        )
        catalogue = load_catalogue(cart.seller, cart.currency, today)
        chosen = choose_items(catalogue, read_items(cart.items))
        if chosen and not aims_at_cart(discount, chosen):
            raise BadCart(
                f"the code {discount.code} is for other products than those in the cart",
                "promotion_products",
                code=discount.code,
            )
        return keep_cart(cart, now, promotion=discount.code)


def change_currency(*, cart: Cart, currency: str, today: date, now: datetime) -> Cart:
    """Turn to another currency. Raises `BadCart` when something has no price in it."""
    unit = find_currency(currency).code
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        if cart.account is not None and cart.account.currency != unit:
            raise BadCart(
                f"your account is billed in {cart.account.currency}",
                "currency_account",
                currency=cart.account.currency,
            )
        try:
            choose_items(load_catalogue(cart.seller, unit, today), read_items(cart.items))
        except BadCart:
            raise BadCart(
                f"something in the cart has no price in {unit}", "currency", currency=unit
            ) from None
        return keep_cart(cart, now, currency=unit)


def attach_account(*, cart: Cart, account: Account | None, now: datetime) -> Cart:
    """Order for an account from now on, or for a new one; what does not fit is left behind.

    An account has one currency, so a cart in another is emptied.
    """
    if account is not None and account.seller_id != cart.seller_id:
        raise BadCart("this account is of another seller", "currency_account")
    with transaction.atomic():
        cart = check_open(claim_cart(cart.id), now)
        changes: dict[str, Any] = {"account": account}
        if account is not None:
            changes |= {"country": account.country, "region": account.region}
            changes["tax_id"] = account.tax_id
            if account.currency != cart.currency:
                changes |= {"currency": account.currency, "items": [], "promotion": ""}
        return keep_cart(cart, now, **changes)
