"""Let a tax have another rate from a day on: the one before it ends there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from quarterday.services.catalog.end_tax_rate import end_tax_rate
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.store.models import Seller, TaxRate


def change_tax_rate(
    *,
    seller: Seller,
    code: str,
    name: str,
    percent: Decimal | int | str,
    country: str,
    valid_from: date,
    now: datetime,
    region: str = "",
    tax_class: str = "standard",
    level: int = 1,
    compound: bool = False,
    category: str = "",
    actor: str = "system",
) -> TaxRate:
    """Publish a rate from a day on, and end the one of its code that holds there until then.

    Both or neither. Doing it again changes nothing. Raises what `end_tax_rate` and
    `publish_tax_rate` raise.
    """
    with transaction.atomic():
        Seller.objects.select_for_update().get(id=seller.id)
        before = TaxRate.objects.filter(
            Q(valid_end__isnull=True) | Q(valid_end__gt=valid_from),
            seller=seller,
            code=code,
            tax_class=tax_class,
            country=country,
            region=region,
            valid_from__lt=valid_from,
        ).first()
        if before is not None:
            end_tax_rate(rate=before, on=valid_from, now=now, actor=actor)
        return publish_tax_rate(
            seller=seller,
            code=code,
            name=name,
            percent=percent,
            country=country,
            region=region,
            tax_class=tax_class,
            level=level,
            compound=compound,
            category=category,
            valid_from=valid_from,
            now=now,
            actor=actor,
        )
