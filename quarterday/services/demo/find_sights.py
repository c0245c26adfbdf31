"""What is worth looking at after the demo: documents in which much comes together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count, Q

from quarterday.store.models import Invoice, InvoiceLine


class Sight(NamedTuple):
    """An invoice to explain, and why it is worth it."""

    label: str
    seller: str
    account: str
    why: str


_WHYS = (
    (Q(kind="supplement"), "usage that came late, on the next invoice"),
    (Q(kind="unused"), "a change within a period: unused days credited, new ones charged"),
    (Q(discount_minor__gt=0), "a discount"),
    (Q(kind="usage"), "metered usage in tiers"),
    (Q(kind="setup"), "a setup fee"),
)


def find_sights() -> Iterator[Sight]:
    """An invoice for each of a few reasons, the one with the most kinds of lines."""
    seen: set[int] = set()
    for condition, why in _WHYS:
        keys = InvoiceLine.objects.filter(condition).values("invoice")
        rows = Invoice.objects.filter(id__in=keys).exclude(id__in=seen)
        rows = rows.annotate(kinds=Count("lines__kind", distinct=True), size=Count("lines"))
        best = rows.select_related("seller", "account").order_by("-kinds", "-size", "id").first()
        if best is not None:
            seen.add(best.id)
            yield Sight(best.label, best.seller.code, str(best.account), why)
