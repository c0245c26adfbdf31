"""Subscriptions whose day has come: to start, to leave their trial, or to end."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.scope import EVERYTHING, Scope


class WaitingRow(NamedTuple):
    """A subscription that is to move to its next state."""

    id: int
    public_id: str
    account_id: int
    seller_id: int
    trial_end: date | None


# The state is written out because a partial index serves only those who ask for it literally.
_WAITING = """
SELECT s.id, s.public_id, s.account_id, a.seller_id, [s.trial_end]
FROM store_subscription s JOIN store_account a ON a.id = s.account_id
WHERE s.status = '{status}' AND s.{column} <= %s{scope}{more}
ORDER BY s.{column}, s.id LIMIT {limit}
"""
# What was ordered and not yet paid, or not yet released, waits however late it is.
_NOT_HELD = """
  AND NOT EXISTS (SELECT 1 FROM store_order o WHERE o.account_id = s.account_id
                  AND o.status = 'pending' AND o.subscriptions LIKE '%%' || s.public_id || '%%')"""
_COLUMNS = {"pending": "start_on", "trialing": "trial_end", "cancelling": "end_on"}


def find_waiting(
    status: str, today: date, limit: int, scope: Scope = EVERYTHING
) -> list[WaitingRow]:
    """Subscriptions in a state that ends today or has ended, the longest waiting first.

    ``status`` is pending, trialing or cancelling.
    """
    sql = days(
        _WAITING.format(
            status=status,
            column=_COLUMNS[status],
            limit=int(limit),
            scope=scope.sql("s.account_id"),
            more=_NOT_HELD if status == "pending" else "",
        )
    )
    return [
        WaitingRow(key, public_id, account, seller, None if end is None else to_day(end))
        for key, public_id, account, seller, end in fetch(sql, [to_column(today)])
    ]
