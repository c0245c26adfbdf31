"""Publish a tax rate: dated, for a country and perhaps a region (rule 6)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from quarterday.core.errors import BillingError
from quarterday.core.money import parse_exact, plain
from quarterday.core.tax import TaxRate as TaxTerms
from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_country, check_text
from quarterday.store.models import Seller, TaxRate

_MOST_PERCENT = 1000
_ALWAYS = date(1970, 1, 1)
_CONTENT = "name percent country region level compound category valid_end".split()


def publish_tax_rate(
    *,
    seller: Seller,
    code: str,
    name: str,
    percent: Decimal | int | str,
    country: str,
    now: datetime,
    region: str = "",
    tax_class: str = "standard",
    level: int = 1,
    compound: bool = False,
    category: str = "",
    valid_from: date | None = None,
    valid_end: date | None = None,
    actor: str = "system",
) -> TaxRate:
    """Publish a rate that holds from ``valid_from`` to ``valid_end`` (exclusive).

    A new percentage is a new rate: end the one before with `end_tax_rate`, then publish it under
    the same code from that day. Publishing the same again returns the existing rate. Raises
    `Conflict` for other content, and for a day on which another rate of the code holds.
    """
    if level not in (1, 2):
        raise BillingError(f"level must be 1, or 2 for a tax beside it, not {level}")
    terms = TaxTerms(
        code=check_text(code, "code", 32),
        name=check_text(name, "name", 100),
        percent=parse_exact(percent),
        country=check_country(country),
        region=region,
        tax_class=check_text(tax_class, "tax_class", 32),
        level=level,
        compound=compound,
        category=category,
        valid_from=valid_from or _ALWAYS,
        valid_end=valid_end,
    )
    if terms.percent > _MOST_PERCENT:
        raise BillingError(f"percent must be at most {_MOST_PERCENT}, not {plain(terms.percent)}")
    with transaction.atomic():
        # Two rates of one code at one time would stop the billing of all that bear them.
        Seller.objects.select_for_update().get(id=seller.id)
        rate, done = publish_row(
            TaxRate,
            label=f"tax rate {code} from {terms.valid_from}",
            key={
                "seller": seller,
                "code": terms.code,
                "tax_class": terms.tax_class,
                "valid_from": terms.valid_from,
            },
            content={field: getattr(terms, field) for field in _CONTENT},
            editable=("name",),
            remedy="end it with end_tax_rate and publish the new one from that day",
        )
        if done.is_new:
            _check_alone(rate)
            record_event(
                kind="tax_rate.published",
                subject=terms.code,
                seller_id=seller.id,
                actor=actor,
                now=now,
                data={"percent": plain(terms.percent), "from": str(terms.valid_from)},
            )
    return rate


def _check_alone(rate: TaxRate) -> None:
    """Raise `Conflict` when another rate of the code holds at the same place on the same day."""
    others = TaxRate.objects.filter(
        Q(valid_end__isnull=True) | Q(valid_end__gt=rate.valid_from),
        seller=rate.seller,
        code=rate.code,
        tax_class=rate.tax_class,
        country=rate.country,
        region__in={rate.region, ""} if rate.region else [rate.region],
    ).exclude(id=rate.id)
    if rate.valid_end is not None:
        others = others.filter(valid_from__lt=rate.valid_end)
    if other := others.first():
        raise Conflict(
            f"tax rate {rate.code} of {plain(other.percent)} % holds from {other.valid_from} to "
            f"{other.valid_end or 'further notice'}; end it on {rate.valid_from} first"
        )
