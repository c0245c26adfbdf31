"""How late what is owed is: by the due date of an invoice, or of each part that was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.instalments import Part, stand

# The first is not late yet; the others are at most so many days late, and the last is later.
BANDS = ("not_due", "to_30", "to_60", "to_90", "over_90")
MOST = (0, 30, 60, 90)


class AgedPart(NamedTuple):
    """What is open in one band; ``due_on`` is the first due date of it."""

    band: str
    due_on: date
    amount_minor: int


def band_of(due_on: date, day: date) -> str:
    """The band at the end of a day; nothing is late through its due date.

    >>> [band_of(date(2026, 1, 1), date(2026, 1, day)) for day in (1, 2, 31)]
    ['not_due', 'to_30', 'to_30']
    """
    late = (day - due_on).days
    return next((band for band, most in zip(BANDS, MOST, strict=False) if late <= most), BANDS[-1])


def age_open(due_on: date, open_minor: int, parts: Sequence[Part], day: date) -> list[AgedPart]:
    """An open amount by how late it is, in the order of ``BANDS``; together it is the amount.

    Without ``parts`` all of it is as late as the invoice. Of an agreed plan, each part is as late
    as its own day says, and what was paid has filled the parts in their order.

    >>> parts = [Part(date(2026, month, 1), 100) for month in (1, 2, 3, 4)]
    >>> aged = age_open(date(2025, 6, 1), 350, parts, date(2026, 2, 15))
    >>> [(one.band, one.amount_minor) for one in aged]
    [('not_due', 200), ('to_30', 100), ('to_60', 50)]
    >>> [one[::2] for one in age_open(date(2025, 6, 1), 350, (), date(2026, 2, 15))]
    [('over_90', 350)]
    """
    if not parts or open_minor <= 0:
        return [AgedPart(band_of(due_on, day), due_on, open_minor)] if open_minor else []
    found: dict[str, AgedPart] = {}
    for one in stand(parts, open_minor):
        if not one.open_minor:
            continue
        band = band_of(one.part.due_on, day)
        known = found.get(band, AgedPart(band, one.part.due_on, 0))
        found[band] = known._replace(amount_minor=known.amount_minor + one.open_minor)
    return sorted(found.values(), key=lambda one: BANDS.index(one.band))
