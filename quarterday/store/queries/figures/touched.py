"""The days that what is new belongs to, found by keys: what was booked later may be of any day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from django.db.models import Max, Model

from quarterday.core.period import local_date
from quarterday.store.models import (
    CreditGrant,
    CreditNote,
    Delivery,
    Invoice,
    Payment,
    PaymentAttempt,
    Refund,
    Seller,
)

# Keys are given out before rows are committed, by several writers: so many may still be missing
# behind the highest one that is seen.
_BEHIND = 50_000


class Source(NamedTuple):
    """A table whose rows have a day: the column, and the way to their seller."""

    model: type[Model]
    column: str
    seller: str


SOURCES: Mapping[str, Source] = {
    "invoices": Source(Invoice, "issued_on", "seller"),
    "credit_notes": Source(CreditNote, "issued_on", "seller"),
    "payments": Source(Payment, "received_on", "account__seller"),
    "refunds": Source(Refund, "refunded_on", "account__seller"),
    "grants": Source(CreditGrant, "granted_on", "account__seller"),
    "attempts": Source(PaymentAttempt, "created_at", "account__seller"),
    "deliveries": Source(Delivery, "next_at", "message__seller"),
}


def read_marks() -> dict[str, int]:
    """The highest key of each table: what is new later has a higher one, or one not far below."""
    return {
        name: one.model._default_manager.aggregate(top=Max("pk"))["top"] or 0
        for name, one in SOURCES.items()
    }


def find_touched(seller: Seller, name: str, mark: int) -> set[date]:
    """The days of a seller's rows that are new since a mark, or may have been missed then."""
    source = SOURCES[name]
    rows = source.model._default_manager.filter(**{"pk__gt": mark - _BEHIND, source.seller: seller})
    values = rows.order_by().values_list(source.column, flat=True).distinct()
    as_day = _day_in(seller.time_zone)
    return {as_day(value) for value in values.iterator()}


def _day_in(zone: str) -> Callable[[Any], date]:
    ZoneInfo(zone)
    return lambda value: (
        local_date(value, zone) if isinstance(value, datetime) else cast(date, value)
    )
