"""Mandates, debits and files for the bank, as people look them up."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from quarterday.store.models import (
    Account,
    AttemptStatus,
    Debit,
    DebitBatch,
    DebitBatchStatus,
    Mandate,
    Seller,
)
from quarterday.store.queries.references import NotThere


def find_mandate(name: str, seller: Seller) -> Mandate:
    """A mandate by reference or public id. Raises `NotThere`."""
    rows = Mandate.objects.select_related("account__seller", "method").filter(seller=seller)
    found = rows.filter(Q(reference=name) | Q(public_id=name)).first()
    if found is None:
        raise NotThere(f"seller {seller} has no mandate {name!r}")
    return found


def list_mandates(
    seller: Seller, *, account: Account | None = None, status: str = "", limit: int = 100
) -> list[Mandate]:
    """Mandates, the newest first; 0 is no limit."""
    rows = Mandate.objects.select_related("account").filter(seller=seller)
    if account is not None:
        rows = rows.filter(account=account)
    if status:
        rows = rows.filter(status=status)
    rows = rows.order_by("-id")
    return list(rows[:limit] if limit else rows)


def list_due(seller: Seller, *, through: date | None = None, limit: int = 100) -> list[Debit]:
    """Debits that are in no file yet, by the day on which they are to be collected."""
    rows = Debit.objects.select_related("attempt__account", "mandate").filter(
        seller=seller, batch=None, attempt__status=AttemptStatus.PENDING
    )
    if through is not None:
        rows = rows.filter(collect_on__lte=through)
    rows = rows.order_by("collect_on", "id")
    return list(rows[:limit] if limit else rows)


def list_batches(seller: Seller, *, open_only: bool = False, limit: int = 100) -> list[DebitBatch]:
    """Files for the bank, the newest first."""
    rows = DebitBatch.objects.filter(seller=seller).defer("content")
    if open_only:
        rows = rows.filter(status=DebitBatchStatus.MADE)
    rows = rows.order_by("-id")
    return list(rows[:limit] if limit else rows)


def find_batch(name: str, seller: Seller) -> DebitBatch:
    """A file by its name at the bank or public id. Raises `NotThere`."""
    rows = DebitBatch.objects.filter(seller=seller)
    found = rows.filter(Q(message_id=name) | Q(public_id=name)).first()
    if found is None:
        raise NotThere(f"seller {seller} has made no file {name!r}; see `debits list`")
    return found
