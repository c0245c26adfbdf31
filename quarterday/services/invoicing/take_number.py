"""The next number of a series, gapless (rule 9)."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import F

from quarterday.services.errors import NotFound
from quarterday.store.models import NumberSeries


class Number(NamedTuple):
    """A number and how it reads on the document."""

    number: int
    label: str


def take_number(seller_id: int, series: str) -> Number:
    """Take the next number; it goes back if the transaction that is open fails.

    Raises `NotFound` for a seller without the series.
    """
    rows = NumberSeries.objects.filter(seller_id=seller_id, code=series)
    if not rows.update(next_number=F("next_number") + 1):
        raise NotFound(f"the seller has no number series {series!r}; open one")
    row = rows.get()
    return Number(row.next_number - 1, row.label(row.next_number - 1))
