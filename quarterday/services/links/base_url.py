"""Where customers of a seller reach its pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from quarterday.store.models import Brand, Seller


def base_url(seller: Seller) -> str:
    """The address that links begin with, without a slash at its end.

    It is the seller's own domain where it has one, otherwise the one of this installation
    (``QUARTERDAY_URL``), whose scheme and port hold for all domains.
    """
    public = str(settings.PUBLIC_URL)
    domain = Brand.objects.filter(seller=seller).values_list("domain", flat=True).first()
    if not domain:
        return public
    parts = urlsplit(public)
    port = f":{parts.port}" if parts.port and ":" not in domain else ""
    return f"{parts.scheme}://{domain}{port}"
