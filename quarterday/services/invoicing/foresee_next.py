"""The next invoice of an account, drafted by the engine itself and not written."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import takewhile
from typing import NamedTuple

from django.db.models import F, Q

from quarterday.services.invoicing.simulate import SimulatedLine, simulate
from quarterday.store.models import Account, BillingDue, SubscriptionItem

# A billing day may bring nothing, as when nothing was used; the next one is looked at too.
_AHEAD = timedelta(days=62)


class NextInvoice(NamedTuple):
    """What is to be billed next, in minor units; ``total_minor`` has the tax in it.

    ``has_usage``: what will be used until then is not in it yet.
    """

    on: date
    due_on: date
    net_minor: int
    tax_minor: int
    total_minor: int
    lines: tuple[SimulatedLine, ...]
    has_usage: bool


def find_next_day(account: Account, today: date) -> date | None:
    """When an account is billed next; None when nothing is planned."""
    rows = BillingDue.objects.filter(account=account, bill_on__isnull=False)
    bill_on = rows.values_list("bill_on", flat=True).first()
    return None if bill_on is None else max(bill_on, today)


def is_metered(account: Account) -> bool:
    """Whether the next invoice is reckoned from measurements, of which there may be very many."""
    rows = SubscriptionItem.objects.filter(account_id=account.id, price__meter__isnull=False)
    return rows.filter(Q(end_on=None) | Q(billed_through__lt=F("end_on"))).exists()


def foresee_invoice(account: Account, today: date) -> NextInvoice | None:
    """What the billing run would issue next for an account; None when nothing is planned."""
    day = find_next_day(account, today)
    if day is None:
        return None
    last = day + _AHEAD
    coming = (
        one
        for one in simulate(first=today, last=last, accounts=[account.id])
        if one.skipped is not None or one.total_minor > 0
    )
    first = next(coming, None)
    if first is None or first.skipped is not None:
        return None
    found = [first, *takewhile(lambda one: one.issue_on == first.issue_on, coming)]
    lines = tuple(line for one in found for line in one.lines)
    return NextInvoice(
        on=first.issue_on,
        due_on=min(one.due_on for one in found),
        net_minor=sum(one.net_minor for one in found),
        tax_minor=sum(one.tax_minor for one in found),
        total_minor=sum(one.total_minor for one in found),
        lines=lines,
        has_usage=any(line.kind in ("usage", "supplement") for line in lines),
    )
