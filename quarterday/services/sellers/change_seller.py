"""Change what is known of a seller, and how all its accounts are billed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.compare import apply_changes
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_country, check_settings, check_text, check_zone
from quarterday.services.sellers.take_snapshot import snapshot_seller
from quarterday.services.subscriptions.set_due import set_due_of
from quarterday.store.models import Account, Seller


def change_seller(
    *,
    seller_id: int,
    now: datetime,
    name: str | None = None,
    country: str | None = None,
    region: str | None = None,
    time_zone: str | None = None,
    language: str | None = None,
    address: Mapping[str, Any] | None = None,
    tax_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Seller:
    """Change the details that are given; None leaves one as it is, and mappings are replaced.

    Issued documents keep the details they were issued with. New settings move the due dates of
    all its accounts, in the same transaction. What is the same already changes nothing. Raises
    `NotFound`, and `BillingError` for bad input.
    """
    asked: dict[str, Any] = {
        "name": None if name is None else check_text(name, "name"),
        "country": None if country is None else check_country(country),
        "region": region,
        "time_zone": None if time_zone is None else check_zone(time_zone),
        "language": language,
        "address": None if address is None else dict(address),
        "tax_id": tax_id,
        "settings": None if settings is None else check_settings(settings),
    }
    with transaction.atomic():
        seller = Seller.objects.select_for_update().filter(id=seller_id).first()
        if seller is None:
            raise NotFound(f"there is no seller with the key {seller_id}")
        changes = apply_changes(seller, asked)
        if not changes:
            return seller
        seller.snapshot = snapshot_seller(seller)
        Seller.objects.filter(id=seller.id).update(snapshot=seller.snapshot, **changes)
        if "settings" in changes:
            accounts = Account.objects.filter(seller=seller)
            set_due_of(list(accounts.values_list("id", flat=True)))
        record_event(
            kind="seller.changed",
            subject=seller.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data={"changed": sorted(changes)},
        )
    return seller
