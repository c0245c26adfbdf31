"""Which accounts have something to be charged by itself on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from quarterday.core.collection import MOST_DAYS_BEFORE, Reason
from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import (
    Account,
    Collection,
    CollectionStatus,
    Invoice,
    PaymentMethod,
    Seller,
)

_BATCH = 500
_AT_WORK = (CollectionStatus.WAITING, CollectionStatus.CHARGING, CollectionStatus.ACTION)


def iterate_due_accounts(seller: Seller, today: date) -> Iterator[int]:
    """Keys of accounts of which something may be charged today, in batches by key.

    First what is collected already and is due to be looked at, then invoices that nothing was done
    for yet and whose account keeps a method. An account may come again; then little is left of it.
    """
    last = 0
    for key in _iterate_rows(seller, today):
        if key != last:
            yield key
        last = key
    for key in _iterate_invoices(seller, today):
        if key != last:
            yield key
        last = key


def _iterate_rows(seller: Seller, today: date) -> Iterator[int]:
    rows = Collection.objects.filter(
        account__seller=seller, status__in=_AT_WORK, next_on__lte=today
    )
    rows = rows.order_by("next_on", "id")
    after = Q()
    while batch := list(rows.filter(after).values_list("next_on", "id", "account_id")[:_BATCH]):
        for _, _, account_id in batch:
            yield account_id
        day, key, _ = batch[-1]
        after = Q(next_on__gt=day) | Q(next_on=day, id__gt=key)


def _iterate_invoices(seller: Seller, today: date) -> Iterator[int]:
    kept = PaymentMethod.objects.filter(
        account=OuterRef("account_id"), is_default=True, removed_at=None
    )
    rows = Invoice.objects.filter(
        Exists(kept),
        seller=seller,
        status=InvoiceState.OPEN,
        open_minor__gt=0,
        due_on__lte=today + timedelta(days=MOST_DAYS_BEFORE),
        collection=None,
    ).order_by("due_on", "id")
    after = Q()
    while batch := list(rows.filter(after).values_list("due_on", "id", "account_id")[:_BATCH]):
        for _, _, account_id in batch:
            yield account_id
        day, key, _ = batch[-1]
        after = Q(due_on__gt=day) | Q(due_on=day, id__gt=key)


def iterate_unavailable(seller: Seller, today: date) -> Iterator[int]:
    """Accounts that wait for a payment service that was out of reach."""
    rows = Collection.objects.filter(
        account__seller=seller,
        status=CollectionStatus.WAITING,
        next_on__lte=today,
        reason=str(Reason.UNAVAILABLE),
    )
    last = 0
    while batch := list(
        rows.filter(account__gt=last)
        .order_by("account")
        .values_list("account_id", flat=True)[:_BATCH]
    ):
        yield from dict.fromkeys(batch)
        last = batch[-1]


def iterate_owing(seller: Seller, account: Account | None = None) -> Iterator[Account]:
    """Accounts with open invoices, by key."""
    owes = Invoice.objects.filter(account=OuterRef("id"), status=InvoiceState.OPEN)
    rows = Account.objects.filter(Exists(owes), seller=seller).select_related("seller__brand")
    if account is not None:
        rows = rows.filter(id=account.id)
    last = 0
    while batch := list(rows.filter(id__gt=last).order_by("id")[:_BATCH]):
        yield from batch
        last = batch[-1].id
