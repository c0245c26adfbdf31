"""What gateways paid out, or are about to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from quarterday.store.models import Payout, PayoutItem, PayoutItemKind, Seller
from quarterday.store.queries.references import NotThere

_LINKED = (PayoutItemKind.PAYMENT, PayoutItemKind.REFUND, PayoutItemKind.DISPUTE)


def list_payouts(
    *,
    seller: Seller | None = None,
    gateway: str | None = None,
    status: str | None = None,
    limit: int = 100,
) -> list[Payout]:
    """Payouts, the newest first; 0 is no limit."""
    rows = Payout.objects.select_related("seller").order_by("-arrives_on", "-id")
    if seller is not None:
        rows = rows.filter(seller=seller)
    if gateway is not None:
        rows = rows.filter(gateway=gateway)
    if status is not None:
        rows = rows.filter(status=status)
    return list(rows[:limit] if limit else rows)


def find_payout(name: str) -> Payout:
    """A payout by its public id, or by what the gateway calls it. Raises `NotThere`."""
    rows = Payout.objects.select_related("seller")
    found = rows.filter(public_id=name).first() or rows.filter(reference=name).first()
    if found is None:
        raise NotThere(f"there is no payout {name!r}; `payouts list` lists them")
    return found


def list_items(payout: Payout) -> list[PayoutItem]:
    """The parts of a payout, with what of ours they are."""
    rows = payout.items.select_related("payment__account", "refund__account", "dispute__account")
    return list(rows.order_by("position"))


def iterate_unlinked(since: datetime) -> Iterator[Payout]:
    """Payouts seen since an instant with parts that may still be found."""
    parts = PayoutItem.objects.filter(
        payout=OuterRef("id"), payment=None, refund=None, dispute=None, kind__in=_LINKED
    )
    yield from Payout.objects.filter(Exists(parts), seen_at__gte=since).order_by("id")
