"""Add credit by itself where customers wished it and theirs runs low."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.ports.clock import read_now
from quarterday.services.credit.top_up_due import top_up_due
from quarterday.store.queries.top_ups import iterate_low

_log = logging.getLogger(__name__)


class TopUpCredit:
    """One attempt at a time for each account; what failed is tried again in some days."""

    name: ClassVar[str] = "top_up_credit"
    every: ClassVar[timedelta] = timedelta(minutes=10)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Top up what is low; how many attempts were made, by what became of them."""
        counts: dict[str, int] = {}
        now = read_now()
        for top_up in list(iterate_low(now)):
            try:
                attempt = top_up_due(top_up=top_up, now=now)
            except BillingError as error:
                _log.warning("account %s is not topped up: %s", top_up.account, error)
                continue
            except Exception:
                # One that breaks must not keep the others.
                _log.exception("account %s cannot be topped up", top_up.account)
                counts["broken"] = counts.get("broken", 0) + 1
                continue
            if attempt is not None:
                status = str(attempt.status)
                counts[status] = counts.get(status, 0) + 1
        return counts
