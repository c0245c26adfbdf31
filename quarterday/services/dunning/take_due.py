"""Take the steps that are due for a seller's unpaid invoices, account by account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from quarterday.store.models import Seller


@dataclass(slots=True)
class DunningSummary:
    """What a run did: accounts looked at, messages queued, and how often each action was taken."""

    accounts: int = 0
    messages: int = 0
    broken: int = 0
    actions: dict[str, int] = field(default_factory=dict)

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
    return DunningSummary()
