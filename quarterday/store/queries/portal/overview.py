"""What matters to an account now: what it owes, what is on its way, and what it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from quarterday.core.lifecycle import InvoiceState, SubscriptionState
from quarterday.store.models import (
    Account,
    CreditGrant,
    Event,
    Invoice,
    Subscription,
)

# So many open invoices and services are named on one page; the rest is counted.
NAMED = 5
_ACTIVITY = 8

_IS_OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)

# What a customer wants to read about; the audit log has the rest.
ACTIVITY = (
    "account.changed account.closed account.reopened credit.deducted credit.expired "
    "credit.granted credit_note.issued invoice.issued invoice.paid invoice.voided "
    "payment.recorded payment.refunded subscription.activated subscription.addon_added "
    "subscription.addon_removed subscription.cancel_undone subscription.cancelled "
    "subscription.cancelling subscription.paused subscription.plan_changed "
    "subscription.quantity_changed subscription.resumed subscription.started"
).split()


class Owed(NamedTuple):
    """What is open, in minor units. ``first`` are the invoices that are due first, at most
    `NAMED`; ``overdue_minor`` is part of ``open_minor``.
    """

    open_minor: int
    overdue_minor: int
    number: int
    overdue_count: int
    first: list[Invoice]

    @property
    def due_on(self) -> date | None:
        """By when the first of it is to be paid."""
        return self.first[0].due_on if self.first else None

    @property
    def first_minor(self) -> int:
        """What is to be paid by then."""
        return sum(one.open_minor for one in self.first if one.due_on == self.due_on)


class Services(NamedTuple):
    """The services that an account has, those that ended left out."""

    number: int
    first: list[Subscription]


def read_owed(account: Account, today: date) -> Owed:
    """What an account owes, in two queries."""
    rows = Invoice.objects.filter(account=account, status=InvoiceState.OPEN)
    is_overdue = Q(due_on__lt=today)
    found = rows.aggregate(
        owed=Sum("open_minor", default=0),
        late=Sum("open_minor", filter=is_overdue, default=0),
        count=Count("id"),
        late_count=Count("id", filter=is_overdue),
    )
    return Owed(
        found["owed"],
        found["late"],
        found["count"],
        found["late_count"],
        list(rows.order_by("due_on", "id")[:NAMED]),
    )


def read_credit(account: Account, today: date) -> int:
    """The credit that can be used today, in minor units."""
    usable = Q(granted_on__lte=today) & (Q(expires_on=None) | Q(expires_on__gt=today))
    rows = CreditGrant.objects.filter(usable, account=account, open_minor__gt=0)
    return int(rows.aggregate(sum=Sum("open_minor", default=0))["sum"])


def read_services(account: Account) -> Services:
    """What runs, waits, or is paused."""
    rows = Subscription.objects.filter(account=account).exclude(status__in=_IS_OVER)
    first = rows.select_related("plan__product").order_by("id")[:NAMED]
    return Services(rows.count(), list(first))


def list_activity(account: Account, hidden: Sequence[str] = ()) -> list[Event]:
    """What happened lately, the newest first, without the kinds that are hidden."""
    kinds = [kind for kind in ACTIVITY if kind not in hidden]
    rows = Event.objects.filter(account_id=account.id, kind__in=kinds)
    return list(rows.order_by("-id")[:_ACTIVITY])


def name_services(events: Sequence[Event]) -> dict[str, str]:
    """The names of the services that events are about, by public id."""
    subjects = [event.subject for event in events if event.subject.startswith("sub_")]
    rows = Subscription.objects.filter(public_id__in=subjects)
    return dict(rows.values_list("public_id", "plan__name"))
