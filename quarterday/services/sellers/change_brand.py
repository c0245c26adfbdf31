"""Say how a seller appears to its customers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Brand, Seller

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_DOMAIN = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}", re.ASCII
)
LOGO_TYPES = ("image/svg+xml", "image/png", "image/jpeg")
_MOST_LOGO = 512 * 1024


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
    `BillingError` for bad input, and `Conflict` for a domain that another seller has.
    """
    asked = {
        "site_name": None if site_name is None else site_name.strip()[:200],
        "domain": None if domain is None else _check_domain(domain),
        "accent": None if accent is None else _check_accent(accent),
        "logo": None if logo is None else _check_logo(logo, logo_type or ""),
        "logo_type": None if logo is None else logo_type,
        "custom_css": custom_css,
        "data": None if data is None else dict(data),
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


def _check_domain(value: str) -> str:
    clean = value.strip().lower()
    if clean and not _DOMAIN.fullmatch(clean):
        raise BillingError(f"domain must be a host name such as billing.example.com: {value!r}")
    return clean


def _check_accent(value: str) -> str:
    if value and not _COLOUR.fullmatch(value):
        raise BillingError(f"accent must be a colour such as #1f6feb: {value!r}")
    return value.lower()


def _check_logo(logo: bytes, logo_type: str) -> bytes:
    if check_text(logo_type, "logo_type", 32) not in LOGO_TYPES:
        raise BillingError(f"logo_type must be one of {', '.join(LOGO_TYPES)}: {logo_type!r}")
    if len(logo) > _MOST_LOGO:
        raise BillingError(f"the logo has {len(logo)} bytes; make it smaller than {_MOST_LOGO}")
    return logo
