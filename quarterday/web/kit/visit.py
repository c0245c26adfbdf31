"""Whose pages a visitor sees: the seller of a host name, or the only one."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from quarterday.store.models import Seller


def find_seller(request: HttpRequest) -> Seller | None:
    """The seller whose domain the visitor came by; the only seller; or None among several."""
    try:
        host = request.get_host().partition(":")[0].lower().rstrip(".")
    except DisallowedHost:
        # The page that refuses a host that is not ours wears nobody's face.
        return None
    seller = Seller.objects.select_related("brand").filter(brand__domain=host).first()
    if seller is not None:
        return seller
    two = list(Seller.objects.select_related("brand").order_by("id")[:2])
    return two[0] if len(two) == 1 else None
