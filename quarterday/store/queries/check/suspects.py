"""The documents whose lines and taxes have to be looked at one by one, with both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from quarterday.store.queries.check.documents import Kind
from quarterday.store.queries.raw import fetch_by_ids
from quarterday.store.queries.stream import in_chunks, stream

# Percentages are text, so the database's own arithmetic only says where to look.
_SUSPECT = """
SELECT d.id, d.label, d.currency, d.net_minor, d.total_minor FROM {table} d
WHERE d.net_minor <> (SELECT COALESCE(SUM(l.base_minor), 0) FROM {lines} l WHERE l.{key} = d.id)
   OR d.net_minor <> (SELECT COALESCE(SUM(t.base_minor), 0) FROM {taxes} t WHERE t.{key} = d.id)
   OR EXISTS (SELECT 1 FROM {lines} l WHERE l.{key} = d.id AND l.net_minor <> l.base_minor)
   OR EXISTS (
     SELECT 1 FROM (SELECT code, SUM(base_minor) AS base, SUM(ABS(
                      tax_minor - base_minor * CAST(percent AS double precision) / 100)) AS off
                    FROM {taxes} WHERE {key} = d.id GROUP BY code) t
     WHERE t.off > 0.51
        OR t.base <> (SELECT COALESCE(SUM(l.base_minor), 0) FROM {lines} l
                      WHERE l.{key} = d.id AND l.tax_code = t.code))
"""
_LINES = "SELECT {key}, tax_code, net_minor, base_minor FROM {lines} WHERE {key} {{ids}}"
_TAXES = "SELECT {key}, code, percent, base_minor, tax_minor FROM {taxes} WHERE {key} {{ids}}"


class StatedLine(NamedTuple):
    """A line: the codes of its taxes, its amount in the terms of its price, and without tax."""

    codes: list[str]
    net_minor: int
    base_minor: int

    @property
    def is_inside(self) -> bool:
        """Whether its price has tax inside."""
        return self.net_minor != self.base_minor


@dataclass(slots=True)
class StatedTax:
    """What a document says of one code: its bases, its tax, and the tax before rounding.

    ``lines`` are those that name the code.
    """

    base_minor: int = 0
    tax_minor: int = 0
    exact: Fraction = Fraction(0)
    percents: list[Fraction] = field(default_factory=list)
    lines: list[StatedLine] = field(default_factory=list)

    @property
    def lines_minor(self) -> int:
        """What its lines sum to without tax."""
        return sum(line.base_minor for line in self.lines)


@dataclass(slots=True)
class Stated:
    """What a document says of itself, in minor units."""

    label: str
    currency: str
    net_minor: int
    total_minor: int
    lines: list[StatedLine] = field(default_factory=list)
    taxes: dict[str, StatedTax] = field(default_factory=dict)

    def add_tax(self, code: str, percent: str, base_minor: int, tax_minor: int) -> None:
        """Add a tax row; a rate that has changed stands on a document twice."""
        one = self.taxes.setdefault(code, StatedTax())
        one.base_minor += base_minor
        one.tax_minor += tax_minor
        one.percents.append(Fraction(Decimal(percent)) / 100)
        one.exact += base_minor * one.percents[-1]

    def add_line(self, names: str, net_minor: int, base_minor: int) -> None:
        """Add a line, after all tax rows."""
        codes = [names] if names in self.taxes else names.split("+")
        line = StatedLine(codes, net_minor, base_minor)
        self.lines.append(line)
        for code in codes:
            self.taxes.setdefault(code, StatedTax()).lines.append(line)


def read_suspects(kind: Kind) -> Iterator[Stated]:
    """Documents that may be wrong, and all with tax inside of prices or on two levels."""
    for rows in in_chunks(stream(kind.fill(_SUSPECT))):
        found = {key: Stated(*facts) for key, *facts in rows}
        for key, *tax in fetch_by_ids(kind.fill(_TAXES), list(found)):
            found[key].add_tax(*tax)
        for key, *line in fetch_by_ids(kind.fill(_LINES), list(found)):
            found[key].add_line(*line)
        yield from found.values()
