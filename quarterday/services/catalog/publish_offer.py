"""Publish an offer: a product as strangers see and order it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from quarterday.core.cart import MOST_PIECES
from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text, check_word
from quarterday.store.models import Offer, Plan, Product, ProductGroup


class Activation(StrEnum):
    """When a service that was ordered starts."""

    ON_ORDER = "on_order"
    ON_PAYMENT = "on_payment"
    BY_HAND = "by_hand"


def publish_offer(
    *,
    product: Product,
    group: ProductGroup,
    now: datetime,
    is_public: bool = True,
    headline: str = "",
    description: str = "",
    features: Sequence[str] = (),
    position: int = 100,
    max_quantity: int = 1,
    options: Sequence[Mapping[str, Any]] = (),
    addons: Sequence[str] = (),
    activation: Activation | str = Activation.ON_PAYMENT,
    on_invoice: bool = False,
    actor: str = "system",
) -> Offer:
    """Offer a product in public, or change how; running contracts are left alone.

    ``options`` are choices among plans of add-on products: each has a ``code``, a ``name`` and
    ``choices``, a list of ``product/plan`` whose first is chosen unless the buyer says otherwise;
    an empty one lets them go without. ``addons`` are codes of products to add. What an offer that
    is not public says counts where its product is an option or add-on. Raises `BillingError` for
    bad input, and for what the seller does not sell.
    """
    if group.seller_id != product.seller_id:
        raise BillingError(f"group {group.code} is of another seller; choose one of its own")
    if not 1 <= max_quantity <= MOST_PIECES:
        raise BillingError(f"max_quantity must be from 1 to {MOST_PIECES}, not {max_quantity}")
    content: dict[str, Any] = {
        "group": group,
        "is_public": is_public,
        "headline": headline.strip()[:200],
        "description": description.strip(),
        "features": [check_text(one, "features") for one in features],
        "position": position,
        "max_quantity": max_quantity,
        "options": [_check_option(one, product) for one in options],
        "addons": [_check_addon(one, product) for one in addons],
        "activation": check_word(Activation, activation, "activation"),
        "on_invoice": on_invoice,
    }
    _check_apart(content["options"])
    with transaction.atomic():
        offer, done = publish_row(
            Offer,
            label=f"offer of {product.code}",
            key={"product": product},
            content=content,
            editable=content,
        )
        if done.is_new or done.changed:
            record_event(
                kind="offer.published" if done.is_new else "offer.changed",
                subject=product.public_id,
                seller_id=product.seller_id,
                actor=actor,
                now=now,
                data={"code": product.code, "changed": done.changed},
            )
    return offer


def _check_option(given: Mapping[str, Any], product: Product) -> dict[str, Any]:
    """An option whose choices are all sold by the seller of the product."""
    known = {"code", "name", "choices"}
    if set(given) != known or not isinstance(given["choices"], list) or not given["choices"]:
        raise BillingError(f"an option needs code, name and choices, a list: {dict(given)!r}")
    code = check_text(str(given["code"]), "code of an option", 64)
    choices = [str(one) for one in given["choices"]]
    for choice in choices:
        of, _, plan = choice.partition("/")
        rows = Plan.objects.filter(product__seller=product.seller_id, product__code=of, code=plan)
        if choice and (of == product.code or not rows.exists()):
            raise BillingError(
                f"option {code}: {choice!r} is no plan to add; name it as product/plan, or give "
                "an empty one for going without"
            )
    if len(set(choices)) != len(choices):
        raise BillingError(f"option {code} names a choice twice; name it once")
    return {"code": code, "name": check_text(str(given["name"]), "name"), "choices": choices}


def _check_addon(code: str, product: Product) -> str:
    rows = Product.objects.filter(seller=product.seller_id, code=code)
    if code == product.code or not rows.exists():
        raise BillingError(f"addons: there is no product {code!r} to add to {product.code}")
    return code


def _check_apart(options: Sequence[Mapping[str, Any]]) -> None:
    codes = [one["code"] for one in options]
    if len(set(codes)) != len(codes):
        raise BillingError("two options have the same code; give each its own")
