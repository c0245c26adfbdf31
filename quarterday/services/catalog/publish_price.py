"""Publish a price: how much, in one currency, for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from quarterday.core.charging import Timing
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.money import currency as find_currency
from quarterday.core.money import parse_exact, to_minor
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.core.proration import Convention, Policy
from quarterday.services.catalog.publish_row import publish_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text, check_word
from quarterday.store.models import Meter, Plan, Price

Exact = Decimal | int | str


def publish_price(
    *,
    plan: Plan,
    code: str,
    currency: str,
    model: Mapping[str, Any],
    now: datetime,
    setup_fee: Exact = 0,
    minimum: Exact | None = None,
    commitment: Exact | None = None,
    free_units: Exact = 0,
    unit_code: str = "C62",
    meter: Meter | None = None,
    timing: Timing | str | None = None,
    convention: Convention | str = Convention.ACTUAL_DAYS,
    policy: Policy | str = Policy.PRORATE,
    tax_inclusive: bool = False,
    actor: str = "system",
) -> Price:
    """Publish a price of a plan; amounts are exact currency units.

    ``model`` is a pricing model as data, such as ``{"model": "flat", "amount": "9.95"}``. A price
    with a ``meter`` rates usage and is billed in arrears; others are billed in advance unless
    ``timing`` says otherwise. Publishing the same again returns the existing price; raises
    `Conflict` naming the difference for other content under its code, since prices are never
    edited, and `BillingError` for bad input.
    """
    unit = find_currency(currency)
    when = timing or (Timing.ARREARS if meter else Timing.ADVANCE)
    content = {
        "model": parse_model(model).to_data(),
        "setup_fee": parse_exact(setup_fee),
        "minimum": _optional(minimum),
        "commitment": _optional(commitment),
        "free_units": parse_exact(free_units),
        "unit_code": check_text(unit_code, "unit_code", 8),
        "meter": meter,
        "timing": check_word(Timing, when, "timing"),
        "convention": check_word(Convention, convention, "convention"),
        "policy": check_word(Policy, policy, "policy"),
        "tax_inclusive": tax_inclusive,
    }
    if meter is not None and meter.seller_id != plan.product.seller_id:
        raise BillingError(f"meter {meter.code} is of another seller; choose one of its own")
    _check(content, PriceTerms(unit, parse_model(model)))
    with transaction.atomic():
        label = f"{plan.product.code}/{plan.code}/{code}"
        price, done = publish_row(
            Price,
            label=f"price {label} in {unit}",
            key={"plan": plan, "code": check_text(code, "code", 64), "currency": unit.code},
            content=content,
            remedy="prices are never edited: publish a new one under another code",
        )
        if done.is_new:
            record_event(
                kind="price.published",
                subject=price.public_id,
                seller_id=plan.product.seller_id,
                actor=actor,
                now=now,
                data={"code": label, "currency": unit.code},
            )
    return price


def _optional(value: Exact | None) -> Decimal | None:
    return None if value is None else parse_exact(value)


def _check(content: Mapping[str, Any], terms: PriceTerms) -> None:
    """Refuse what the core would refuse on the day of the first invoice."""
    PriceTerms(
        terms.currency,
        terms.model,
        content["setup_fee"],
        content["minimum"],
        content["free_units"],
        content["unit_code"],
    )
    for field in ("setup_fee", "minimum", "commitment"):
        check_minor(to_minor(content[field] or Decimal(0), terms.currency), field)
    if content["commitment"] is not None and content["commitment"] < 0:
        raise BillingError(f"commitment may not be below zero, but is {content['commitment']}")
    if content["meter"] is not None and content["timing"] is not Timing.ARREARS:
        raise BillingError("a price with a meter is billed in arrears; leave timing out")
