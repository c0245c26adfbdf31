"""Charge what is due of a seller, and try again where a payment service was out of reach."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from quarterday.ports.clock import read_now
from quarterday.services.collection.collect_due import collect_due
from quarterday.store.models import Seller
from quarterday.store.queries.collecting_due import iterate_unavailable


def collect_of(seller: Seller, today: date, now: datetime) -> dict[str, Any]:
    """The daily collection of a seller. What was missed is caught up on the next day."""
    return collect_due(seller=seller, today=today, now=now).to_data()


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
