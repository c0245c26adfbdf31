"""What the lines of invoices are for, as credit with a scope needs to know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from quarterday.core.credit_scope import NeedLine, need_key
from quarterday.store.models import (
    Allocation,
    EndCause,
    Invoice,
    InvoiceLine,
    LineKind,
    SubscriptionItem,
)

_ORDERED = (LineKind.SETUP, LineKind.ONE_OFF)


def is_order(
    kind: str, item_id: int | None, period_start: date, first_days: dict[int, date]
) -> bool:
    """Whether a line is for something new: a setup, a single charge, or a first period."""
    if kind in _ORDERED:
        return True
    is_first = item_id is not None and first_days.get(item_id) == period_start
    return kind == LineKind.RECURRING and is_first


def load_first_days(item_ids: Collection[int]) -> dict[int, date]:
    """The first billed day of those items that are new: not the next one of a changed contract."""
    earlier = SubscriptionItem.objects.filter(
        subscription=OuterRef("subscription"),
        role=OuterRef("role"),
        end_on=OuterRef("start_on"),
        end_cause=EndCause.CHANGE,
        id__lt=OuterRef("id"),
    )
    rows = SubscriptionItem.objects.filter(~Exists(earlier), id__in=item_ids)
    return {row.id: row.billed_from or row.start_on for row in rows}


def load_need_lines(invoice: Invoice) -> list[NeedLine]:
    """The lines of an invoice by what they are for."""
    rows: list[tuple[str, int | None, date, str, int, str]] = list(
        InvoiceLine.objects.filter(invoice=invoice)
        .order_by("position")
        .values_list("kind", "item_id", "period_start", "product__code", "base_minor", "tax_code")
    )
    first_days = load_first_days({item for _, item, *_ in rows if item is not None})
    return [
        NeedLine(need_key(is_order(kind, item, start, first_days), product), base, code)
        for kind, item, start, product, base, code in rows
    ]


def load_settled(invoice: Invoice) -> list[tuple[dict[str, Any], int]]:
    """What credit with a scope has settled of an invoice: the scope, and how much in the end."""
    rows = Allocation.objects.filter(invoice=invoice, grant__isnull=False).exclude(grant__scope={})
    sums = rows.order_by("grant_id").values_list("grant__scope").annotate(sum=Sum("amount_minor"))
    return [(scope, max(int(amount), 0)) for scope, amount in sums]
