"""Take the steps that are due for a seller's unpaid invoices, account by account."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.collection.collect_account import collect_account
from quarterday.services.dunning.dun_accounts import Done, dun_accounts
from quarterday.store.models import Dunning, DunningStatus, Seller
from quarterday.store.queries.dunning_due import iterate_to_look_at

_log = logging.getLogger(__name__)
BATCH = 100
_LATER = timedelta(hours=1)


@dataclass(slots=True)
class DunningSummary:
    """What a run did: accounts looked at, messages queued, and how often each action was taken."""

    accounts: int = 0
    messages: int = 0
    broken: int = 0
    actions: dict[str, int] = field(default_factory=dict)

    def add(self, done: Done, accounts: int) -> None:
        """Count what was done about so many accounts."""
        self.accounts += accounts
        self.messages += done.messages
        for action in done.actions:
            self.actions[action] = self.actions.get(action, 0) + 1

    def to_data(self) -> dict[str, Any]:
        """What is not nothing."""
        counts = {"messages": self.messages, "broken": self.broken, **self.actions}
        return {name: count for name, count in counts.items() if count}


def take_due(
    *,
    seller: Seller,
    today: date,
    now: datetime,
    accounts: Iterable[int] | None = None,
    any_hour: bool = False,
    actor: str = "system",
) -> DunningSummary:
    """Take what is due of the accounts given, by their keys, or of all; again takes nothing twice.

    ``any_hour`` takes no heed of the hours in which customers are written to. One account that
    breaks does not keep the others. Call it outside of every transaction.
    """
    summary = DunningSummary()
    keys = iter(iterate_to_look_at(seller, today, now) if accounts is None else accounts)

    def dun(batch: Sequence[int]) -> Done:
        return dun_accounts(
            seller=seller, accounts=batch, today=today, now=now, any_hour=any_hour, actor=actor
        )

    while batch := list(islice(keys, BATCH)):
        try:
            done = dun(batch)
        except Exception:
            # One of them breaks: each by itself, so that the others go on.
            for key in batch:
                try:
                    done = dun([key])
                except Exception as error:
                    _log.exception("the account with the key %s cannot be reminded", key)
                    _put_off(key, now, str(error))
                    summary.broken += 1
                    continue
                summary.add(done, 1)
                _charge(done, today, now, actor)
            continue
        summary.add(done, len(batch))
        _charge(done, today, now, actor)
    return summary


def _charge(done: Done, today: date, now: datetime, actor: str) -> None:
    """Ask the gateways after all is written; what is not asked now is collected tomorrow."""
    for key in done.to_charge:
        try:
            collect_account(account_id=key, today=today, now=now, actor=actor)
        except Exception:
            _log.exception("the account with the key %s cannot be charged again", key)


def _put_off(account_id: int, now: datetime, error: str) -> None:
    with transaction.atomic():
        claim_account(account_id)
        rows = Dunning.objects.filter(
            account=account_id, status__in=(DunningStatus.RUNNING, DunningStatus.PAUSED)
        )
        rows.filter(next_at__lte=now).update(next_at=now + _LATER, reason=error[:200])
