"""Open a seller, with the number series of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.money import currency as find_currency
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_country, check_settings, check_text, check_zone
from quarterday.services.sellers.take_snapshot import snapshot_seller
from quarterday.store.models import NumberSeries, Seller

SERIES = {"invoice": "INV-", "credit_note": "CN-"}


def open_seller(
    *,
    code: str,
    name: str,
    country: str,
    time_zone: str,
    currency: str,
    now: datetime,
    region: str = "",
    language: str = "en",
    address: Mapping[str, Any] | None = None,
    tax_id: str = "",
    settings: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Seller:
    """Open a seller under a code of its own; opening it again with the same details returns it.

    Raises `Conflict` when the code stands for other details, and `BillingError` for bad input.
    """
    details: dict[str, Any] = {
        "name": check_text(name, "name"),
        "country": check_country(country),
        "region": region,
        "time_zone": check_zone(time_zone),
        "currency": find_currency(currency).code,
        "language": language,
        "address": dict(address or {}),
        "tax_id": tax_id,
        "settings": check_settings(settings),
    }
    code = check_text(code, "code", 64)
    with transaction.atomic():
        seller, is_new = Seller.objects.get_or_create(code=code, defaults=details)
        if not is_new:
            return _check_same(seller, details)
        seller.snapshot = snapshot_seller(seller)
        Seller.objects.filter(id=seller.id).update(snapshot=seller.snapshot)
        NumberSeries.objects.bulk_create(
            NumberSeries(seller=seller, code=series, prefix=prefix)
            for series, prefix in SERIES.items()
        )
        record_event(
            kind="seller.opened",
            subject=seller.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data={"code": code},
        )
    return seller


def _check_same(seller: Seller, details: Mapping[str, Any]) -> Seller:
    """The seller as it stands, unless it differs from what was asked for."""
    for field, value in details.items():
        if (known := getattr(seller, field)) != value:
            raise Conflict(
                f"seller {seller.code} is open with {field} {known!r}, not {value!r}; "
                "change the seller instead"
            )
    return seller
