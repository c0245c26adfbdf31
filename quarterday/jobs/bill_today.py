"""Bill each seller once on each day of its own, soon after its day has begun."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.jobs.take_slot import finish_slot, leave_slot, take_slot
from quarterday.store.models import JobRun, Seller


class BillToday:
    """The daily billing run. Days that were missed are caught up by the next one."""

    name: ClassVar[str] = "bill_today"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Bill every seller whose day has not been billed yet; invoices by seller."""
        found = {}
        for seller in Seller.objects.order_by("id"):
            today = local_date(read_now(), seller.time_zone)
            run = take_slot(job=f"bill {seller.code}"[:64], slot=today.isoformat(), now=read_now())
            if run is not None:
                found[seller.code] = _bill(seller, today, run)
        return found


def _bill(seller: Seller, today: date, run: JobRun) -> int:
    try:
        summary = run_billing(first=today, last=today, now=read_now(), sellers=[seller.id])
    except BaseException:
        leave_slot(run)
        raise
    finish_slot(run, now=read_now(), summary=summary.to_data())
    return summary.invoices
