"""Find out what became of refunds whose answer was lost, or takes days."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.payments.refund_by_gateway import look_up_refund
from quarterday.store.queries.refunds import is_to_look_up, iterate_open

_log = logging.getLogger(__name__)


class LookUpRefunds:
    """Asks gateways what became of refunds; one that never arrived is asked for again."""

    name: ClassVar[str] = "look_up_refunds"
    every: ClassVar[timedelta] = timedelta(minutes=2)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Look up each refund that is due for it; how many ended, and how."""
        counts: dict[str, int] = {}
        now = read_now()
        for attempt in iterate_open():
            if not is_to_look_up(attempt, now, self.every):
                continue
            today = local_date(now, attempt.refund.account.seller.time_zone)
            try:
                status = str(look_up_refund(attempt, today=today, now=now).status)
            except BillingError as error:
                # One that breaks must not keep the others.
                _log.warning("refund %s cannot be looked up: %s", attempt.public_id, error)
                status = "unavailable"
            except Exception:
                _log.exception("refund %s cannot be looked up", attempt.public_id)
                status = "broken"
            counts[status] = counts.get(status, 0) + 1
        return counts
