"""Events of gateways that nobody has acted on yet: few among very many.

The index on them is partial, and SQLite uses it only where its condition stands word for word in
the query; so these are written by hand.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from quarterday.store.fields import dump_data
from quarterday.store.models import Seller
from quarterday.store.queries.raw import fetch

_OPEN = "status IN ('received', 'failed', 'unmatched')"
_DUE = f"""
SELECT id FROM store_gatewayevent
WHERE {_OPEN} AND status <> 'unmatched' AND seller_id IS NOT NULL
  AND (next_at IS NULL OR next_at <= %s)
ORDER BY id LIMIT %s
"""
_WAITING = f"""
SELECT id, news FROM store_gatewayevent
WHERE {_OPEN} AND status = 'received' AND seller_id = %s AND gateway = %s AND next_at > %s
"""
_UNMATCHED = f"""
SELECT id FROM store_gatewayevent
WHERE {_OPEN} AND status = 'unmatched' AND seller_id IS NOT NULL
ORDER BY received_at, id
"""
_COUNTED = f"""
SELECT COUNT(*) FROM store_gatewayevent
WHERE {_OPEN} AND status = 'unmatched' AND seller_id = %s
"""


def list_due(now: datetime, limit: int) -> list[int]:
    """The keys of what is to be acted on, the oldest first."""
    rows = fetch(_DUE, [_at(now), limit])
    return [key for (key,) in rows]


def list_waiting(seller: Seller, gateway: str, names: set[str], now: datetime) -> list[int]:
    """The keys of what waits for something by one of these names."""
    rows = fetch(_WAITING, [seller.id, gateway, _at(now)])
    # A name stands in the news as a whole, in quotes.
    quoted = [dump_data(name) for name in names if name]
    return [key for key, news in rows if any(name in news for name in quoted)]


def list_unmatched_keys() -> list[int]:
    """The keys of what stands in the inbox, the oldest first."""
    return [key for (key,) in fetch(_UNMATCHED)]


def count_unmatched(seller: Seller) -> int:
    """How much of a seller stands in the inbox."""
    return int(fetch(_COUNTED, [seller.id])[0][0])


def _at(now: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(now)
