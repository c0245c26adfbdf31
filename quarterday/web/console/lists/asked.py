"""What a list is narrowed to besides what it shows: days from and to, a currency, a state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model, QuerySet

from quarterday.store.models import Seller

# The names in an address; the first is which of the days of a row is meant.
NAMES = ("by", "from", "to", "currency", "state")
# The very first and last days have no instant in every zone.
_FIRST, _LAST = date(1970, 1, 2), date(9000, 1, 1)


class Day(NamedTuple):
    """A day that rows of a list have. Where ``is_order``, an index leads by it, so that a list
    that is narrowed by it goes by it, too; else it goes by key.
    """

    label: str
    column: str
    is_order: bool = False


Days = Mapping[str, Day]


class Asked(NamedTuple):
    """What an address asks for; ``wrong`` are words in it that are no days."""

    by: str
    day: Day | None
    first: date | None
    last: date | None
    currency: str
    state: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """The column that the list goes by; nothing for its key."""
        narrowed = self.day is not None and (self.first or self.last)
        return self.day.column if narrowed and self.day and self.day.is_order else ""


def read_asked(values: Mapping[str, str], days: Days) -> Asked:
    """Read an address; of several days of a row, the first is meant unless another is named."""
    by = values.get("by", "")
    by = by if by in days else next(iter(days), "")
    found: dict[str, date | None] = {}
    wrong = []
    for name in ("from", "to"):
        text = values.get(name, "").strip()
        found[name] = None
        try:
            found[name] = date.fromisoformat(text) if text else None
        except ValueError:
            wrong.append(text[:40])
    currency = values.get("currency", "").strip()[:3].upper()
    state = values.get("state", "").strip()[:20]
    return Asked(by, days.get(by), found["from"], found["to"], currency, state, tuple(wrong))


def narrow(rows: QuerySet[Any], asked: Asked, seller: Seller) -> QuerySet[Any]:
    """The rows of days, currency and state; none where a day is not to be understood."""
    if asked.wrong:
        return rows.none()
    if asked.currency and has_column(rows.model, "currency"):
        rows = rows.filter(currency=asked.currency)
    if asked.state and has_column(rows.model, "status"):
        rows = rows.filter(status=asked.state)
    if asked.day is None:
        return rows
    if asked.order and has_column(rows.model, "seller"):
        rows = rows.filter(seller=seller)
    column = asked.day.column
    is_instant = isinstance(rows.model._meta.get_field(column), DateTimeField)
    if asked.first:
        start = _instant(asked.first, seller) if is_instant else asked.first
        rows = rows.filter(**{f"{column}__gte": start})
    if asked.last:
        if is_instant:
            end = _instant(min(asked.last, _LAST) + timedelta(days=1), seller)
            return rows.filter(**{f"{column}__lt": end})
        return rows.filter(**{f"{column}__lte": asked.last})
    return rows


def has_column(model: type[Model], name: str) -> bool:
    """Whether rows have a currency, or a state, of their own."""
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _instant(day: date, seller: Seller) -> datetime:
    """When a day begins where the seller is."""
    day = min(max(day, _FIRST), _LAST)
    return datetime.combine(day, time.min, ZoneInfo(seller.time_zone))
