"""Publish a product: what is sold, how it is taxed, and where its income goes in the book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.catalog.refresh_due import refresh_due
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_settings, check_text
from quarterday.store.models import Product, Seller


def publish_product(
    *,
    seller: Seller,
    code: str,
    name: str,
    now: datetime,
    tax_class: str = "standard",
    income_code: str = "sales",
    settings: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Product:
    """Publish a product, or change what the next invoices say about it.

    Publishing the same again changes nothing. New settings reach every account that has it.
    """
    content = {
        "name": check_text(name, "name"),
        "tax_class": check_text(tax_class, "tax_class", 32),
        "income_code": check_text(income_code, "income_code", 64),
        "settings": check_settings(settings),
    }
    with transaction.atomic():
        product, done = publish_row(
            Product,
            label=f"product {code}",
            key={"seller": seller, "code": check_text(code, "code", 64)},
            content=content,
            editable=content,
        )
        if done.is_new or done.changed:
            record_event(
                kind="product.published" if done.is_new else "product.changed",
                subject=product.public_id,
                seller_id=seller.id,
                actor=actor,
                now=now,
                data={"code": code, "changed": done.changed},
            )
        if "settings" in done.changed:
            refresh_due(price__plan__product=product)
    return product
