"""Open a cart."""

from __future__ import annotations

from datetime import datetime, timedelta

from quarterday.core.money import currency as find_currency
from quarterday.services.inputs import check_country
from quarterday.store.models import Account, Cart, Seller

# How long a cart waits after the last change.
KEPT = timedelta(days=14)


def make_cart(
    *,
    seller: Seller,
    now: datetime,
    currency: str = "",
    country: str = "",
    language: str = "",
    account: Account | None = None,
) -> Cart:
    """An empty cart, in the account's currency and country, else those given or the seller's.

    Its public id opens nothing by itself: pages bind it to the visitor's session.
    """
    unit = account.currency if account else currency or seller.currency
    return Cart.objects.create(
        seller=seller,
        account=account,
        currency=find_currency(unit).code,
        country=check_country(account.country if account else country or seller.country),
        region=account.region if account else "",
        language=language[:16],
        created_at=now,
        expires_at=now + KEPT,
    )
