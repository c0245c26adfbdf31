"""Say how subscriptions to a product are made to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.provisioning.adopt_services import adopt_services
from quarterday.services.provisioning.make_wish import read_place
from quarterday.store.models import Product, Provisioning


def publish_provisioning(
    *,
    product: Product,
    now: datetime,
    place: str = "",
    options: Mapping[str, Any] | None = None,
    features: Sequence[str] = (),
    actor: str = "system",
) -> Provisioning:
    """Say where a product's services run, and what the product entitles to besides itself.

    ``place`` is one of the seller's ``provisioners``, or nothing where nothing outside is driven.
    ``options`` are handed to it; ``options["plans"]`` holds those of single plans by their codes.
    Contracts that run already are taken to be served there already, so nothing is made twice.
    The same again changes nothing. Raises `BillingError` for bad input, and `NotFound` for a place
    that the seller does not have.
    """
    if place:
        read_place(product.seller, place)
    content = {
        "place": place,
        "options": _check_options(options or {}),
        "features": sorted({check_text(one, "features", 64) for one in features}),
    }
    with transaction.atomic():
        row, done = publish_row(
            Provisioning,
            label=f"provisioning of {product.code}",
            key={"product": product},
            content=content,
            editable=content,
        )
        if done.is_new or "place" in done.changed:
            adopt_services(product, place, now=now)
        if done.is_new or done.changed:
            record_event(
                kind="provisioning.published" if done.is_new else "provisioning.changed",
                subject=product.public_id,
                seller_id=product.seller_id,
                actor=actor,
                now=now,
                data={"code": product.code, "place": place, "changed": done.changed},
            )
    return row


def _check_options(options: Mapping[str, Any]) -> dict[str, Any]:
    plans = options.get("plans", {})
    if not isinstance(plans, Mapping) or not all(
        isinstance(one, Mapping) for one in plans.values()
    ):
        raise BillingError("options.plans must hold the options of each plan by its code")
    return dict(options)
