"""Lines by their service days, added up so far that what they have earned can still be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quarterday.core.buckets import Buckets
from quarterday.core.recognition import LikeLines
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.check.documents import KINDS
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import day_number, of_sellers, place_of

# The whole part of a division and its rest are added up apart, because how many days have a minor
# unit more depends on the rest of each line.
_LIKE = """
SELECT currency, place, [first], [past], rest, SUM(each), COUNT(*) FROM (
  SELECT d.currency, {place} AS place, l.period_start AS first, l.period_end AS past,
         {sign} * (l.base_minor / {divisor}) AS each,
         {sign} * (l.base_minor %% {divisor}) AS rest
  FROM {lines} l JOIN {table} d ON d.id = l.{key}
  WHERE (d.issued_on >= %s OR l.period_end > %s) AND d.issued_on < %s AND {own}{sellers}) one
GROUP BY currency, place, first, past, rest
"""


class LinesOfPart(NamedTuple):
    """Like lines of documents of one currency that were issued in one part of a range."""

    currency: str
    place: int
    lines: LikeLines


def read_like_lines(buckets: Buckets, sellers: Sequence[int] | None) -> Iterator[LinesOfPart]:
    """Lines that the range earns something of: issued in it, or before it with days in it.

    ``place`` is the part that they were issued in, -1 before the range. Lines of credit notes
    count below zero.
    """
    bounds = [to_column(day) for day in buckets.bounds]
    span = (bounds[0], bounds[0], bounds[-1])
    length = day_number("l.period_end", "l.period_start")
    divisor = f"CASE WHEN l.period_end > l.period_start THEN {length} ELSE 1 END"
    for kind in KINDS:
        sql = _LIKE.format(
            place=place_of("d.issued_on", bounds[:-1]),
            sign=kind.sign,
            divisor=f"({divisor})",
            lines=kind.lines,
            table=kind.table,
            key=kind.key,
            own=kind.own,
            sellers=of_sellers("d.seller_id", sellers),
        )
        for currency, place, start, end, rest, each, count in fetch(days(sql), span):
            lines = LikeLines(to_day(start), to_day(end), int(each), int(rest), int(count))
            yield LinesOfPart(currency, int(place) - 1, lines)
