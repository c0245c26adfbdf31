"""Publish a shelf of the public catalogue."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import ProductGroup, Seller


def publish_group(
    *,
    seller: Seller,
    code: str,
    name: str,
    now: datetime,
    description: str = "",
    position: int = 100,
    actor: str = "system",
) -> ProductGroup:
    """Publish a group of products, or change how it reads; low positions come first.

    Publishing the same again changes nothing. Raises `BillingError` for bad input.
    """
    content = {
        "name": check_text(name, "name"),
        "description": description.strip(),
        "position": position,
    }
    with transaction.atomic():
        group, done = publish_row(
            ProductGroup,
            label=f"product group {code}",
            key={"seller": seller, "code": check_text(code, "code", 64)},
            content=content,
            editable=content,
        )
        if done.is_new or done.changed:
            record_event(
                kind="product_group.published" if done.is_new else "product_group.changed",
                subject=group.public_id,
                seller_id=seller.id,
                actor=actor,
                now=now,
                data={"code": code, "changed": done.changed},
            )
    return group
