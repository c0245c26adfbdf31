"""The steps of the daily cycle, in their order, each for one seller on one of its days.

Every step may be done again: what stands already is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from quarterday.jobs.collect_due import collect_of
from quarterday.jobs.deliver_messages import DeliverMessages
from quarterday.jobs.reconcile_daily import report_to_data
from quarterday.services.alerts.raise_alert import raise_alert
from quarterday.services.alerts.resolve_alert import resolve_alert
from quarterday.services.credit.apply_due_credit import apply_due_credit
from quarterday.services.credit.expire_credit import expire_credit
from quarterday.services.dunning.take_due import take_due
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.store.models import Seller
from quarterday.store.queries.reconcile import report_day
from quarterday.store.queries.scope import Scope
from quarterday.store.queries.waiting_work import count_queued_messages, count_unbilled_usage

# Nobody wants to be woken by their bank, and the invoices of the night are written by then.
_MORNING = 6
# Nor to be reminded of a debt; whoever lives elsewhere is reminded in the morning there.
_OFFICE = 9
_MOST_SKIPPED = 20

Do = Callable[[Seller, date, datetime], Mapping[str, Any]]


class Step(NamedTuple):
    """A step: from which hour of the seller's day it is done, and how. Hours never go back."""

    name: str
    hour: int
    do: Do


def see_usage(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """How much was measured that the run is about to bill."""
    return {"measurements": count_unbilled_usage(seller)}


def bill(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """Bill what is due. Days that were missed are caught up."""
    summary = run_billing(first=today, last=today, now=now, sellers=[seller.id])
    found = summary.to_data()
    skipped = found.pop("skipped")
    return found | {"skipped": len(skipped), "first_skipped": skipped[:_MOST_SKIPPED]}


def use_credit(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """Let credit expire, and use what is left for what is due."""
    scope = Scope(sellers=[seller.id])
    expired = expire_credit(today=today, now=now, scope=scope)
    used = apply_due_credit(today=today, now=now, scope=scope)
    return {"expired": len(expired), "used": len(used)}


def collect(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """Charge what is due."""
    return collect_of(seller, today, now)


def dun(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """Remind of what is unpaid, and draw the consequences."""
    return take_due(seller=seller, today=today, now=now).to_data()


def deliver(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """Send what the steps before have to tell; what waits goes out later by itself."""
    found = DeliverMessages().run()
    return {**found, "waiting": count_queued_messages(seller, now)}


def reconcile(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
    """See whether money and book agreed at the end of yesterday."""
    if not seller.bank_accounts.exists():
        return {}
    day, key = today - timedelta(days=1), f"reconcile {seller.code}"
    report = report_day(seller, day)
    if report.agrees:
        resolve_alert(key=key, now=now)
    else:
        text = (
            f"The books of {seller} do not agree with the bank on {day}; "
            "“quarterday reconcile --report” says where"
        )
        raise_alert(key=key, kind="reconcile", text=text, now=now)
    return report_to_data(report)


STEPS = (
    Step("usage", 0, see_usage),
    Step("run", 0, bill),
    Step("credit", 0, use_credit),
    Step("collect", _MORNING, collect),
    Step("dun", _OFFICE, dun),
    Step("deliver", _OFFICE, deliver),
    Step("reconcile", _OFFICE, reconcile),
)
