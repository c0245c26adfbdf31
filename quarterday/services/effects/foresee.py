"""Find out what something does to an account by doing it and taking it back.

Nothing is estimated: the very service works, and what came of it is read before all of it is
rolled back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, Model, Q

from quarterday.services.accounts.claim_account import claim_account
from quarterday.store.fields import dump_data
from quarterday.store.models import (
    Account,
    BillingDue,
    CreditGrant,
    CreditNote,
    Invoice,
    Message,
    PendingCharge,
    Refund,
    ServiceState,
    Subscription,
)
from quarterday.store.queries.balances import Balance, load_balances

_NEW: tuple[type[Model], ...] = (CreditNote, CreditGrant, Refund, PendingCharge, Message, Invoice)


class MovedInvoice(NamedTuple):
    """An invoice before and after, in minor units; one that is new had no status before."""

    label: str
    status_before: str
    status: str
    open_before_minor: int
    open_minor: int
    total_minor: int
    due_on: date


class MovedService(NamedTuple):
    """A service by the name of its plan, and how it is wanted before and after."""

    name: str
    before: str
    after: str


class Effect(NamedTuple):
    """What would be otherwise afterwards, amounts in minor units of the account's currency.

    ``notes`` are credit notes by number and total, ``grants`` new credit by kind and amount,
    ``charges`` what waits for an invoice by description, amount and day, ``messages`` the kinds
    that would be sent. ``digest`` names all of it, so that what was seen can be told from what is.
    """

    currency: str
    before: Balance
    after: Balance
    bill_on_before: date | None
    bill_on: date | None
    invoices: tuple[MovedInvoice, ...]
    notes: tuple[tuple[str, int], ...]
    grants: tuple[tuple[str, int], ...]
    refunded_minor: int
    charges: tuple[tuple[str, int, date], ...]
    messages: tuple[str, ...]
    services: tuple[MovedService, ...]

    @property
    def digest(self) -> str:
        """The figures in one word; numbers of documents may move without it."""
        facts = [
            [one._replace(label="") if not one.status_before else one for one in self.invoices],
            [amount for _, amount in self.notes],
            *self[:5],
            *self[7:],
        ]
        return hashlib.sha256(dump_data(str(facts)).encode()).hexdigest()[:32]


class _Standing(NamedTuple):
    balance: Balance
    bill_on: date | None
    open: dict[int, tuple[str, str, int, int, date]]
    newest: dict[type[Model], int]
    wanted: dict[int, str]
    states: dict[int, str]


class _TakenBackError(Exception):
    """Carries what was found out of the transaction that it undoes."""


def foresee(account: Account, work: Callable[[], Any], *, today: date) -> Effect:
    """Do some work that writes to one account, look what came of it, and take it back.

    Raises what the work raises. What it would ask of a gateway must not be part of it.
    """
    found: list[Effect] = []
    try:
        with transaction.atomic():
            claim_account(account.id)
            before = _read(account, today)
            work()
            found.append(_compare(account, before, _read(account, today, before)))
            raise _TakenBackError
    except _TakenBackError:
        return found[0]


def _read(account: Account, today: date, before: _Standing | None = None) -> _Standing:
    """How an account stands; afterwards, the invoices that were open are read whatever they are."""
    known = Q(status="open") if before is None else Q(status="open") | Q(id__in=before.open)
    invoices = Invoice.objects.filter(account=account)
    columns = ("id", "label", "status", "open_minor", "total_minor", "due_on")
    services = ServiceState.objects.filter(account_id=account.id)
    contracts = Subscription.objects.filter(account=account)
    return _Standing(
        load_balances([account.id], today)[account.id],
        BillingDue.objects.filter(account=account).values_list("bill_on", flat=True).first(),
        {row[0]: row[1:] for row in invoices.filter(known).values_list(*columns)},
        {} if before else {model: _newest(model, account) for model in _NEW},
        dict(services.values_list("subscription_id", "wanted")),
        dict(contracts.values_list("id", "status")),
    )


def _newest(model: type[Model], account: Account) -> int:
    rows = model._default_manager.filter(account=account)
    return rows.aggregate(newest=Max("id"))["newest"] or 0


def _compare(account: Account, before: _Standing, after: _Standing) -> Effect:
    def new(model: type[Model], *columns: str) -> list[Any]:
        rows = model._default_manager.filter(account=account, id__gt=before.newest[model])
        return list(rows.order_by("id").values_list(*columns))

    fresh = new(Invoice, "label", "status", "open_minor", "total_minor", "due_on")
    moved = [
        MovedInvoice(was[0], was[1], now[1], was[2], now[2], now[3], now[4])
        for key, was in before.open.items()
        if (now := after.open[key])[1:3] != was[1:3]
    ]
    moved += [
        MovedInvoice(now[0], "paid", now[1], 0, now[2], now[3], now[4])
        for key, now in after.open.items()
        if key not in before.open and key <= before.newest[Invoice]
    ]
    moved += [MovedInvoice(one[0], "", one[1], one[3], *one[2:]) for one in fresh]
    return Effect(
        account.currency,
        before.balance,
        after.balance,
        before.bill_on,
        after.bill_on,
        tuple(moved),
        tuple(new(CreditNote, "label", "total_minor")),
        tuple(new(CreditGrant, "kind", "amount_minor")),
        sum(amount for (amount,) in new(Refund, "amount_minor")),
        tuple(
            one[:3]
            for one in new(PendingCharge, "description", "amount_minor", "bill_on", "status")
            if one[3] == "pending"
        ),
        tuple(kind for (kind,) in new(Message, "kind")),
        _moved_services(before, after),
    )


def _moved_services(before: _Standing, after: _Standing) -> tuple[MovedService, ...]:
    wanted = {key: (before.wanted.get(key, ""), now) for key, now in after.wanted.items()}
    states = {key: (before.states.get(key, ""), now) for key, now in after.states.items()}
    moved = {**states, **{key: both for key, both in wanted.items() if both[0] != both[1]}}
    changed = {key: both for key, both in moved.items() if both[0] != both[1]}
    if not changed:
        return ()
    rows = Subscription.objects.filter(id__in=changed).select_related("plan").order_by("id")
    return tuple(MovedService(row.plan.name, *changed[row.id]) for row in rows)
