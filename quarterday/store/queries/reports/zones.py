"""Instants as days of the seller that they concern, each in its own zone, as everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from operator import add
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection

from quarterday.core.period import Period
from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Seller

Row = TypeVar("Row", bound=tuple[Any, ...])


class Zone(NamedTuple):
    """Sellers that share a zone (None where all do), and the instants of a range of days there, as
    parameters of a statement.
    """

    name: str
    sellers: Sequence[int] | None
    since: object
    until: object


def split_by_zone(period: Period, sellers: Sequence[int] | None) -> Iterator[Zone]:
    """The zones of sellers, nearly always one, with where a range of their days begins and ends."""
    rows = Seller.objects.order_by("id")
    if sellers is not None:
        rows = rows.filter(id__in=sellers)
    found: dict[str, list[int]] = {}
    for key, zone in rows.values_list("id", "time_zone"):
        found.setdefault(zone, []).append(key)
    for name, keys in found.items():
        since, until = (
            connection.ops.adapt_datetimefield_value(
                datetime.combine(day, time.min, ZoneInfo(name))
            )
            for day in period
        )
        yield Zone(name, sellers if len(found) == 1 else keys, since, until)


def day_in(instant: str, zone: str) -> str:
    """The day of a column with instants in a zone, in the dialect of the database."""
    name = ZoneInfo(zone).key
    if is_postgresql():
        return f"({instant} AT TIME ZONE '{name}')::date"
    return f"django_datetime_cast_date({instant}, '{name}', 'UTC')"


def month_in(instant: str, zone: str) -> str:
    """The first day of its month, in a statement with parameters."""
    day = day_in(instant, zone)
    return (
        f"date_trunc('month', {day})::date" if is_postgresql() else f"substr({day}, 1, 8) || '01'"
    )


def add_alike(rows: Iterable[Row], keys: int) -> list[Row]:
    """Rows with the same first fields as one, the rest of them added up."""
    found: dict[Any, Row] = {}
    for row in rows:
        name, sums = row[:keys], row[keys:]
        if name in found:
            sums = tuple(map(add, found[name][keys:], sums))
        found[name] = type(row)(*name, *sums)
    return list(found.values())
