"""Publish a discount: a coupon, or a reduction that was agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.core.discount import Discount as DiscountTerms
from quarterday.core.discount import DiscountKind, Duration
from quarterday.core.errors import BillingError
from quarterday.core.money import currency as find_currency
from quarterday.core.money import parse_exact
from quarterday.services.catalog.publish_row import Published, publish_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text, check_word
from quarterday.store.models import Discount, Seller

MOST_USES = 1_000_000_000
_IN_CURRENCY = (DiscountKind.FIXED, DiscountKind.PRICE_OVERRIDE)
_EDITABLE = ("name", "promotion", "max_uses", "max_uses_per_account")


class Promotion(StrEnum):
    """Who may enter the code of a discount when ordering."""

    NOBODY = "nobody"
    NEW = "new"
    ALL = "all"


def publish_discount(
    *,
    seller: Seller,
    code: str,
    kind: DiscountKind | str,
    now: datetime,
    name: str = "",
    value: Decimal | int | str = 0,
    currency: str | None = None,
    products: Sequence[str] | None = None,
    duration: Duration | str = Duration.FOREVER,
    periods: int = 1,
    priority: int = 100,
    valid_from: date | None = None,
    valid_end: date | None = None,
    promotion: Promotion | str = Promotion.NOBODY,
    max_uses: int | None = None,
    max_uses_per_account: int | None = None,
    actor: str = "system",
) -> Discount:
    """Publish a discount of a seller. ``value`` is percent or currency units, by its kind.

    ``products`` are codes that it is limited to; it can be granted from ``valid_from`` to
    ``valid_end`` (exclusive), and ``promotion`` says who may enter its code when ordering.
    ``max_uses`` orders may do so, and ``max_uses_per_account`` of one account; None is as many as
    come. Publishing the same again returns it, with these, its name and ``promotion`` as they are
    given now; raises `Conflict` for other content under its code,
    or for fewer uses than there were, and `BillingError` for bad input.
    """
    kind = check_word(DiscountKind, kind, "kind")
    duration = check_word(Duration, duration, "duration")
    terms = DiscountTerms(
        code=check_text(code, "code", 64),
        kind=kind,
        value=parse_exact(value),
        products=None if products is None else frozenset(products),
        duration=duration,
        periods=periods,
        priority=priority,
    )
    _check(code, periods, valid_from, valid_end)
    limits = _check_limits(max_uses=max_uses, max_uses_per_account=max_uses_per_account)
    unit = currency or seller.currency
    with transaction.atomic(), _not_below_uses(terms.code, max_uses):
        # Locked, so that what is recorded as changed is what it was just before.
        Discount.objects.select_for_update().filter(seller=seller, code=terms.code).first()
        discount, done = publish_row(
            Discount,
            label=f"discount {code}",
            key={"seller": seller, "code": terms.code},
            content={
                "kind": kind,
                "value": terms.value,
                "currency": find_currency(unit).code if kind in _IN_CURRENCY else "",
                "products": None if products is None else sorted(set(products)),
                "duration": duration,
                "periods": periods,
                "priority": priority,
                "valid_from": valid_from,
                "valid_end": valid_end,
                "name": name,
                "promotion": check_word(Promotion, promotion, "promotion"),
                **limits,
            },
            editable=_EDITABLE,
        )
        if done.is_new or done.changed:
            _record(discount, done, now, actor)
    return discount


def _record(discount: Discount, done: Published, now: datetime, actor: str) -> None:
    data: dict[str, Any] = {"code": discount.code}
    if not done.is_new:
        data["changed"] = {
            field: {"from": was, "to": getattr(discount, field)}
            for field, was in done.before.items()
        }
    record_event(
        kind="discount.published" if done.is_new else "discount.changed",
        subject=discount.public_id,
        seller_id=discount.seller_id,
        actor=actor,
        now=now,
        data=data,
    )


def _check_limits(**limits: int | None) -> dict[str, int | None]:
    for name, limit in limits.items():
        if limit is not None and not 1 <= limit <= MOST_USES:
            raise BillingError(f"{name} must be from 1 to {MOST_USES:,}, not {limit}")
    return limits


@contextmanager
def _not_below_uses(code: str, max_uses: int | None) -> Iterator[None]:
    """What the constraint refuses, in words: an order may use the code just now."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if max_uses is None or "discount_max_uses" not in str(error):
            raise
        raise Conflict(
            f"more than {max_uses} orders have used {code}; allow as many, or end it"
        ) from None


def _check(code: str, periods: int, valid_from: date | None, valid_end: date | None) -> None:
    if periods < 1:
        raise BillingError(f"periods must be at least 1, not {periods}")
    if valid_from and valid_end and valid_end <= valid_from:
        raise BillingError(f"discount {code} ends on {valid_end}, before it begins")
