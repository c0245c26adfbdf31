"""Charge what is due of a seller's accounts, one account after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from quarterday.services.collection.collect_account import collect_account
from quarterday.store.models import AttemptStatus, PaymentAttempt, Seller
from quarterday.store.queries.collecting_due import iterate_due_accounts

_log = logging.getLogger(__name__)
_GONE_WRONG = (AttemptStatus.FAILED, AttemptStatus.CANCELLED)


@dataclass(slots=True)
class CollectSummary:
    """What a run of collection did; ``broken`` accounts are tried again by the next one."""

    paid: int = 0
    waiting: int = 0
    declined: int = 0
    broken: int = 0

    def add(self, attempt: PaymentAttempt) -> None:
        """Count an attempt."""
        if attempt.status == AttemptStatus.SUCCEEDED:
            self.paid += 1
        elif attempt.status in _GONE_WRONG:
            self.declined += 1
        else:
            self.waiting += 1

    def to_data(self) -> dict[str, Any]:
        """What is not nothing."""
        counts = {name: getattr(self, name) for name in ("paid", "waiting", "declined", "broken")}
        return {name: count for name, count in counts.items() if count}


def collect_due(
    *,
    seller: Seller,
    today: date,
    now: datetime,
    accounts: Iterable[int] | None = None,
    actor: str = "system",
) -> CollectSummary:
    """Collect of the accounts given, or of all that have something due; what was missed on earlier
    days is caught up. One account that breaks does not keep the others. Running it again charges
    nothing twice.
    """
    summary = CollectSummary()
    for key in iterate_due_accounts(seller, today) if accounts is None else accounts:
        try:
            for one in collect_account(account_id=key, today=today, now=now, actor=actor):
                summary.add(one)
        except Exception:
            _log.exception("the account with the key %s cannot be collected of", key)
            summary.broken += 1
    return summary
