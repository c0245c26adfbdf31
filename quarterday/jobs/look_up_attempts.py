"""Find out what became of payments whose answer was lost, or takes days."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.payments.cancel_attempt import cancel_attempt
from quarterday.services.payments.complete_attempt import complete_attempt
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import PaymentAttempt
from quarterday.store.queries.open_attempts import (
    has_waited_enough,
    is_to_look_up,
    iterate_asked,
    iterate_stale_promises,
)

_log = logging.getLogger(__name__)


class LookUpAttempts:
    """Asks gateways what became of attempts; what they answer counts once, whoever is told."""

    name: ClassVar[str] = "look_up_attempts"
    every: ClassVar[timedelta] = timedelta(minutes=2)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Look up each attempt that is due for it; how many ended, and how."""
        counts: dict[str, int] = {}
        now = read_now()
        for attempt in iterate_asked():
            if is_to_look_up(attempt, now, self.every):
                status = look_up(attempt, now)
                counts[status] = counts.get(status, 0) + 1
        return counts


class ClosePromises:
    """Stops waiting for transfers that nobody needs to make any more."""

    name: ClassVar[str] = "close_promises"
    every: ClassVar[timedelta] = timedelta(hours=1)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Close promises of invoices that are settled, and very old ones."""
        now = read_now()
        closed = sum(cancel_attempt(attempt=one, now=now) for one in iterate_stale_promises(now))
        return {"closed": closed} if closed else {}


def look_up(attempt: PaymentAttempt, now: datetime) -> str:
    """Ask about one attempt, and write down the answer; its status afterwards.

    One that breaks must not keep the others.
    """
    try:
        outcome = complete_attempt(attempt, now=now)
        if outcome is None:
            return "unavailable"
        today = local_date(now, attempt.account.seller.time_zone)
        attempt = finish_attempt(attempt=attempt, outcome=outcome, today=today, now=now)
        if has_waited_enough(attempt, now) and cancel_attempt(attempt=attempt, now=now):
            return "cancelled"
    except BillingError as error:
        _log.warning("attempt %s cannot be looked up: %s", attempt.public_id, error)
        return "unavailable"
    except Exception:
        _log.exception("attempt %s cannot be looked up", attempt.public_id)
        return "broken"
    return str(attempt.status)
