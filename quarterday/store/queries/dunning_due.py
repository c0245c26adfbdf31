"""Which accounts have unpaid invoices that are to be looked at now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Dunning, DunningStatus, Invoice, Seller
from quarterday.store.queries.dunning_policies import (
    is_anything_chosen,
    list_policies,
    read_dunning_setup,
)

_BATCH = 1000


def iterate_to_look_at(seller: Seller, today: date, now: datetime) -> Iterator[int]:
    """Keys of accounts, each once: first those whose time has come, then those of which an
    invoice comes into reach of a policy for the first time.

    Nothing due costs an index probe, and a look at the open invoices that nobody is reminded of.
    """
    seen: set[int] = set()
    for key in _iterate_rows(seller, now):
        if key not in seen:
            seen.add(key)
            yield key
    if not is_anything_chosen(seller):
        return
    for key in _iterate_new(seller, today):
        if key not in seen:
            seen.add(key)
            yield key


def _iterate_rows(seller: Seller, now: datetime) -> Iterator[int]:
    rows = Dunning.objects.filter(
        account__seller=seller,
        status__in=(DunningStatus.RUNNING, DunningStatus.PAUSED),
        next_at__lte=now,
    ).order_by("next_at", "id")
    after = Q()
    while batch := list(rows.filter(after).values_list("next_at", "id", "account_id")[:_BATCH]):
        for _, _, account_id in batch:
            yield account_id
        at, key, _ = batch[-1]
        after = Q(next_at__gt=at) | Q(next_at=at, id__gt=key)


def _iterate_new(seller: Seller, today: date) -> Iterator[int]:
    setup = read_dunning_setup(seller)
    reach = max(one.earliest for one in list_policies(seller).values())
    rows = Invoice.objects.filter(
        seller=seller,
        status=InvoiceState.OPEN,
        open_minor__gt=0,
        due_on__lte=today + timedelta(days=reach),
        dunning=None,
    ).order_by("due_on", "id")
    if setup.since is not None:
        rows = rows.filter(due_on__gte=setup.since)
    after = Q()
    while batch := list(rows.filter(after).values_list("due_on", "id", "account_id")[:_BATCH]):
        for _, _, account_id in batch:
            yield account_id
        day, key, _ = batch[-1]
        after = Q(due_on__gt=day) | Q(due_on=day, id__gt=key)
