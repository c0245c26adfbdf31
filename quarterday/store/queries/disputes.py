"""Payments that are taken back."""

from __future__ import annotations

from quarterday.store.models import Account, Dispute, Seller
from quarterday.store.queries.references import NotThere

_WITH = ("account__seller", "payment", "refund", "restored")


def sum_booked(dispute: Dispute) -> int:
    """How much of it was booked out."""
    first = dispute.refund.amount_minor if dispute.refund else 0
    return first + sum(one.refund.amount_minor for one in dispute.rests.all())


def list_disputes(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    status: str | None = None,
    limit: int = 100,
) -> list[Dispute]:
    """Disputes, the newest first; 0 is no limit."""
    rows = Dispute.objects.select_related(*_WITH).order_by("-id")
    rows = rows.prefetch_related("rests__refund")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    if status is not None:
        rows = rows.filter(status=status)
    return list(rows[:limit] if limit else rows)


def find_dispute(name: str) -> Dispute:
    """A dispute by its public id, or by what the gateway calls it. Raises `NotThere`."""
    rows = Dispute.objects.select_related(*_WITH)
    found = rows.filter(public_id=name).first() or rows.filter(reference=name).first()
    if found is None:
        raise NotThere(f"there is no dispute {name!r}; `disputes list` lists them")
    return found
