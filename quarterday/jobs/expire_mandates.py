"""End mandates for direct debits that were not used for three years."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.debits.expire_mandates import expire_mandates
from quarterday.store.models import Seller


class ExpireMandates:
    """Ends what banks would refuse, before anybody is told that it will be debited."""

    name: ClassVar[str] = "expire_mandates"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """How many ended."""
        now = read_now()
        count = sum(
            expire_mandates(seller=seller, today=local_date(now, seller.time_zone), now=now)
            for seller in Seller.objects.order_by("id")
        )
        return {"expired": count} if count else {}
