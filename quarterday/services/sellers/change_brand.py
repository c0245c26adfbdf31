"""Say how a seller appears to its customers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.core.colour import check_colour
from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.sellers.check_brand_data import check_brand_data, check_host
from quarterday.services.sellers.check_logo import sniff_logo
from quarterday.store.models import Brand, Seller

_MOST_CSS = 20_000
# What would ask other hosts for something; the pages' own policy refuses it, too.
_FOREIGN = re.compile(r"@import|url\(\s*[\"']?\s*(?!data:image/|#)", re.IGNORECASE)


def change_brand(
    *,
    seller: Seller,
    now: datetime,
    site_name: str | None = None,
    domain: str | None = None,
    accent: str | None = None,
    logo: bytes | None = None,
    logo_type: str | None = None,
    custom_css: str | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Brand:
    """Change the details that are given; None leaves one as it is, and empty text takes it away.

    ``data`` replaces what stood there. What is the same already changes nothing. Raises
    `BillingError` for bad input, and `Conflict` for a domain that another seller has. What kind
    of picture the logo is, is seen from itself; ``logo_type`` must not contradict it.
    """
    asked = {
        "site_name": check_text(site_name, "site_name") if site_name else site_name,
        "domain": check_host(domain, "domain") if domain else domain,
        "accent": check_colour(accent) if accent else accent,
        "logo": logo,
        "logo_type": None if logo is None else _check_logo(logo, logo_type),
        "custom_css": None if custom_css is None else _check_css(custom_css),
        "data": None if data is None else check_brand_data(data),
    }
    with transaction.atomic():
        brand, is_new = Brand.objects.get_or_create(seller=seller)
        changes: dict[str, Any] = {
            name: value
            for name, value in asked.items()
            if value is not None and _plain(getattr(brand, name)) != value
        }
        if changes.get("domain") == "":
            changes["domain"] = None
            if brand.domain is None:
                del changes["domain"]
        if changes.get("logo") == b"":
            changes["logo"] = None
        if not changes and not is_new:
            return brand
        try:
            with transaction.atomic():
                Brand.objects.filter(seller=seller).update(**changes)
        except IntegrityError:
            raise Conflict(f"domain {domain} is that of another seller; choose another") from None
        for name, value in changes.items():
            setattr(brand, name, value)
        record_event(
            kind="brand.changed",
            subject=seller.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data={"changed": sorted(changes)},
        )
    return brand


def _plain(value: Any) -> Any:
    """PostgreSQL gives bytes as a view of memory."""
    return bytes(value) if isinstance(value, memoryview) else value


def _check_logo(logo: bytes, said: str | None) -> str:
    """The type of the logo; an empty one takes the logo away."""
    if not logo:
        return ""
    kind = sniff_logo(logo)
    if said and said != kind:
        raise BillingError(f"the logo is {kind}, not {said}; correct one of the two")
    return kind


def _check_css(css: str) -> str:
    if len(css) > _MOST_CSS:
        raise BillingError(f"custom_css has {len(css)} signs; shorten it to {_MOST_CSS}")
    if found := _FOREIGN.search(css):
        raise BillingError(f"custom_css must not load anything, as {found[0]!r} does; leave it out")
    return css
