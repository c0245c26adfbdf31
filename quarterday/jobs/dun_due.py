"""Take the steps about unpaid invoices whose time has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.dunning.take_due import take_due
from quarterday.store.models import Seller


class DunDue:
    """Looks every few minutes, so that each customer is written to in its own hours; a missed run
    is caught up on by the next, without a storm.
    """

    name: ClassVar[str] = "dun_due"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Take what is due of every seller; what was done, by seller."""
        found = {}
        for seller in Seller.objects.select_related("brand").order_by("id"):
            now = read_now()
            today = local_date(now, seller.time_zone)
            if said := take_due(seller=seller, today=today, now=now).to_data():
                found[seller.code] = said
        return found
