"""Put a new price in the place of another: new customers get it at once, the others keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.retire_price import retire_price
from quarterday.store.models import Plan, Price

# What a new version may say anew; the rest it has from the one before it.
TERMS = (
    "model setup_fee minimum commitment free_units unit_code timing convention policy tax_inclusive"
).split()


def publish_version(
    *,
    old: Price,
    code: str,
    terms: Mapping[str, Any],
    today: date,
    now: datetime,
    actor: str = "system",
) -> Price:
    """Publish a price beside an old one with some ``terms`` of its own, and retire the old one.

    Both or neither, since a plan charges all prices that it has. Doing it again changes nothing.
    Raises `Conflict` when the old one is retired for something else, and `BillingError` for bad
    input.
    """
    if unknown := sorted(terms.keys() - set(TERMS)):
        raise BillingError(f"a version does not say {', '.join(unknown)}; it says {TERMS}")
    if code == old.code:
        raise BillingError(f"code {code!r} is that of the price as it is; give another one")
    given = {name: getattr(old, name) for name in TERMS} | dict(terms)
    with transaction.atomic():
        # Two versions of one price at a time would both be charged.
        Plan.objects.select_for_update().get(id=old.plan_id)
        old.refresh_from_db(fields=["retired_on"])
        known = Price.objects.filter(plan=old.plan_id, code=code, currency=old.currency).exists()
        if old.retired_on is not None and not known:
            raise BillingError(
                f"price {old.code} was retired on {old.retired_on}; change the one that follows it"
            )
        new = publish_price(
            plan=old.plan,
            code=code,
            currency=old.currency,
            meter=old.meter,
            now=now,
            actor=actor,
            **given,
        )
        if old.retired_on is None:
            retire_price(price=old, on=today, now=now, actor=actor)
    return new
