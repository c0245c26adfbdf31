"""MRR of all contracts and how it moved, summed by the database."""

from __future__ import annotations

from collections.abc import Sequence

from quarterday.core.buckets import Buckets
from quarterday.services.reports.value_contracts import Worth, monthly_moves
from quarterday.store.queries.reports.recurring import MrrMoved, list_item_kinds, read_moves


def read_mrr(buckets: Buckets, sellers: Sequence[int] | None) -> list[MrrMoved]:
    """How accounts moved in each part of a range, by kind of movement and cohort."""
    worth, kinds = Worth(), list_item_kinds(sellers)
    worth.load(kinds)
    months = {kind: worth.of_month(kind) for kind in kinds}
    return read_moves(buckets, months, monthly_moves(worth, buckets, sellers), sellers)
