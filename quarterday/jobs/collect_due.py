"""Charge what is due of each seller once on each day of its own, in the morning."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from quarterday.ports.clock import read_now
from quarterday.services.collection.collect_due import collect_due
from quarterday.services.jobs.take_slot import finish_slot, leave_slot, take_slot
from quarterday.store.models import JobRun, Seller
from quarterday.store.queries.collecting_due import iterate_unavailable

# Nobody wants to be woken by their bank, and the invoices of the night are written by then.
_FIRST_HOUR = 6


class CollectDue:
    """The daily collection. What was missed is caught up on the next day."""

    name: ClassVar[str] = "collect_due"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Collect for every seller whose morning has come; what was done, by seller."""
        found = {}
        for seller in Seller.objects.select_related("brand").order_by("id"):
            local = read_now().astimezone(ZoneInfo(seller.time_zone))
            if local.hour < _FIRST_HOUR:
                continue
            name, day = f"collect {seller.code}"[:64], local.date()
            run = take_slot(job=name, slot=day.isoformat(), now=read_now())
            if run is not None:
                found[seller.code] = _collect(seller, day, run)
        return found


class CollectAgain:
    """Tries again where a payment service was out of reach, a little later each time."""

    name: ClassVar[str] = "collect_again"
    every: ClassVar[timedelta] = timedelta(minutes=10)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Collect of the accounts that wait for it; what was done, by seller."""
        found = {}
        for seller in Seller.objects.select_related("brand").order_by("id"):
            now = read_now()
            today = now.astimezone(ZoneInfo(seller.time_zone)).date()
            accounts = iterate_unavailable(seller, today)
            summary = collect_due(seller=seller, today=today, now=now, accounts=accounts)
            if said := summary.to_data():
                found[seller.code] = said
        return found


def _collect(seller: Seller, today: date, run: JobRun) -> dict[str, Any]:
    try:
        summary = collect_due(seller=seller, today=today, now=read_now())
    except BaseException:
        leave_slot(run)
        raise
    finish_slot(run, now=read_now(), summary=summary.to_data())
    return summary.to_data()
