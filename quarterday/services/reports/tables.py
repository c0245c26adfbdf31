"""Putting rows of reports together: by part of a range and currency, and their totals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from quarterday.core.buckets import Buckets
from quarterday.core.money import round_half_up
from quarterday.ports.report import Asked, Cell, Link, ReportRow

# Keyed by part of the range and currency: the sums of named figures.
Sums = defaultdict[tuple[int, str], Counter[str]]


def make_sums() -> Sums:
    """Nothing summed yet."""
    return defaultdict(Counter)


def fill_gaps(sums: Sums, buckets: Buckets) -> list[tuple[int, str]]:
    """Every part of the range for each currency that has figures, in order of currency, then time.

    Parts in which nothing happened are rows too: a month without money is news.
    """
    currencies = sorted({currency for _, currency in sums})
    return [(place, code) for code in currencies for place in range(len(buckets.names))]


def part_of(asked: Asked, buckets: Buckets, place: int, **more: str) -> Mapping[str, str]:
    """The parameters of another report that make it look at one part of a range."""
    period = buckets.periods[place]
    last = period.end.fromordinal(period.end.toordinal() - 1)
    return {"from": period.start.isoformat(), "until": last.isoformat(), **more}


def ledger_link(code: str, values: Mapping[str, str]) -> Link:
    """Where the postings of a ledger account are listed."""
    return Link("general_ledger", {"ledger_account": code, **values})


def share(part: int, whole: int) -> Decimal | None:
    """A part of a whole as a rate of three places; None of nothing.

    >>> share(1, 3), share(1, 0)
    (Decimal('0.333'), None)
    """
    return ratio(part, whole, 3) if whole else None


def ratio(part: int, whole: int, places: int) -> Decimal | None:
    """A quotient with some places; None by nothing.

    >>> ratio(7, 2, 1)
    Decimal('3.5')
    """
    if not whole:
        return None
    return Decimal(round_half_up(Fraction(part * 10**places, whole))).scaleb(-places)


def add_up(
    rows: Iterable[ReportRow], names: Sequence[str], *, plain: bool = False
) -> list[Mapping[str, Cell]]:
    """The totals of columns, one row for each currency; of ``plain`` rows without one, one row."""
    totals: dict[str, dict[str, Cell]] = {}
    for row in rows:
        code = "" if plain else str(row.cells["currency"])
        here = totals.setdefault(code, {} if plain else {"currency": code})
        for name in names:
            value = row.cells[name]
            here[name] = int(str(here.get(name, 0))) + (value if isinstance(value, int) else 0)
    return [totals[code] for code in sorted(totals)]
