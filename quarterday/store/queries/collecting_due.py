"""Which accounts have something to be charged by itself on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from quarterday.core.collection import MOST_DAYS_BEFORE, Reason
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.ports.gateway import TakesDays
from quarterday.store.models import (
    Account,
    Collection,
    CollectionStatus,
    InstalmentPlan,
    Invoice,
    PaymentMethod,
    Plan,
    Product,
    Seller,
    Subscription,
)
from quarterday.store.queries.paying import open_gateway_of

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
    near = today + timedelta(days=_find_days_ahead(seller))
    parts = InstalmentPlan.objects.filter(invoice=OuterRef("id"), ended_at=None)
    rows = rows.filter(Q(due_on__lte=near) | Exists(parts))
    after = Q()
    while batch := list(rows.filter(after).values_list("due_on", "id", "account_id")[:_BATCH]):
        for _, _, account_id in batch:
            yield account_id
        day, key, _ = batch[-1]
        after = Q(due_on__gt=day) | Q(due_on=day, id__gt=key)


def _find_days_ahead(seller: Seller) -> int:
    """How many days before the due date a charge of this seller may begin, so that invoices which
    nobody charges yet need not be looked at day after day. A setting of an account or contract
    may be any number of days.
    """
    levels = (
        Product.objects.filter(seller=seller),
        Plan.objects.filter(product__seller=seller),
        Account.objects.filter(seller=seller),
        Subscription.objects.filter(account__seller=seller),
    )
    if any(rows.filter(settings__contains="collect_days_before").exists() for rows in levels):
        return MOST_DAYS_BEFORE
    days = int(seller.settings.get("collect_days_before", 0))
    kept = PaymentMethod.objects.filter(account__seller=seller, is_default=True, removed_at=None)
    for code in kept.order_by("gateway").values_list("gateway", flat=True).distinct():
        try:
            gateway: object = open_gateway_of(seller, code)
        except BillingError:
            return MOST_DAYS_BEFORE
        days = max(days, gateway.days_ahead if isinstance(gateway, TakesDays) else 0)
    return days


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
