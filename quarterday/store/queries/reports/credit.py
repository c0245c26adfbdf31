"""Credit that customers hold: what was granted, used, given back and lost, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import to_column
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_owners

_GRANTED = """
SELECT g.currency, g.kind, {before}, SUM(g.amount_minor)
FROM store_creditgrant g WHERE g.granted_on < %s{sellers} GROUP BY 1, 2, 3
"""
_USED = """
SELECT g.currency, g.kind, {before}, -SUM(a.amount_minor)
FROM store_allocation a JOIN store_creditgrant g ON g.id = a.grant_id
WHERE a.grant_id IS NOT NULL AND a."on" < %s{sellers} GROUP BY 1, 2, 3
"""
_DEDUCTED = """
SELECT g.currency, g.kind, {before}, d.kind, -SUM(d.amount_minor)
FROM store_creditdeduction d JOIN store_creditgrant g ON g.id = d.grant_id
WHERE d."on" < %s{sellers} GROUP BY 1, 2, 3, 4
"""

MOVES = ("granted", "used", "expired", "reversed", "deducted", "refunded")


class CreditMoved(NamedTuple):
    """Credit of a kind in a currency: what was held, and how each movement changed it (signed)."""

    currency: str
    kind: str
    opening_minor: int
    moves: dict[str, int]

    @property
    def closing_minor(self) -> int:
        """What is held at the end."""
        return self.opening_minor + sum(self.moves.values())


def read_credit(period: Period, sellers: Sequence[int] | None) -> list[CreditMoved]:
    """Credit of every kind that was held or moved in a period."""
    first, end = to_column(period.start), to_column(period.end)
    scope = of_owners("g.account_id", sellers)
    openings: Counter[tuple[str, str]] = Counter()
    moves: dict[tuple[str, str], dict[str, int]] = {}

    def add(currency: str, kind: str, is_before: int, move: str, minor: int) -> None:
        here = moves.setdefault((currency, kind), dict.fromkeys(MOVES, 0))
        if is_before:
            openings[currency, kind] += minor
        else:
            here[move] += minor

    for move, sql, column in (
        ("granted", _GRANTED, "g.granted_on"),
        ("used", _USED, 'a."on"'),
        ("", _DEDUCTED, 'd."on"'),
    ):
        before = f"CASE WHEN {column} < '{first}' THEN 1 ELSE 0 END"
        for currency, kind, is_before, *rest in fetch(
            sql.format(before=before, sellers=scope), [end]
        ):
            add(currency, kind, is_before, move or rest[0], int(rest[-1]))
    return [
        CreditMoved(currency, kind, openings[currency, kind], moves[currency, kind])
        for currency, kind in sorted(moves)
    ]
