"""Tell customers what would keep their next payment from working."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.credit.remind_low import remind_low
from quarterday.services.payments.remind_expiring import remind_expiring
from quarterday.store.models import Seller


class RemindPayers:
    """Cards that expire, and credit that runs low; each is told once."""

    name: ClassVar[str] = "remind_payers"
    every: ClassVar[timedelta] = timedelta(hours=6)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Queue what is to be told; how much of it there is, told before or not."""
        now, cards, credit = read_now(), 0, 0
        for seller in Seller.objects.select_related("brand").order_by("id"):
            today = local_date(now, seller.time_zone)
            cards += remind_expiring(seller=seller, today=today, now=now)
            credit += remind_low(seller=seller, now=now)
        return {"cards": cards, "credit": credit} if cards or credit else {}
