"""Let a seller's messages begin on a day, or stop."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import Brand, Seller


def choose_messages(
    *, seller: Seller, since: date | None, now: datetime, actor: str = "system"
) -> Brand:
    """Tell what happens from a day on, or nothing with None; again changes nothing.

    Links to sign in and invitations are sent whatever is chosen. What is queued stays.
    """
    brand = Brand.objects.filter(seller=seller).first()
    data = dict(brand.data) if brand else {}
    data["messages"] = "off" if since is None else since.isoformat()
    return change_brand(seller=seller, data=data, now=now, actor=actor)
