"""Count tries, so that limits hold over all processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from quarterday.core.throttle import Count, Limit, make_key, slot_start, wait_seconds
from quarterday.store.models import RateCount

_COUNT = (
    'INSERT INTO store_ratecount ("key", slot, count) VALUES (%s, %s, 1) '
    'ON CONFLICT ("key", slot) DO UPDATE SET count = store_ratecount.count + 1 RETURNING count'
)


def count_tries(tries: Mapping[Limit, tuple[str, ...]], *, now: datetime) -> int:
    """Count a try against each limit; the seconds to wait, 0 when it is allowed.

    Each limit comes with what it counts by, such as an address and a network. Counting is one
    atomic statement per limit, so tries at the same time all count; it is not undone when what
    was tried fails.
    """
    at = int(now.timestamp())
    keys = {limit: make_key(limit, *parts) for limit, parts in tries.items()}
    before = {limit: slot_start(at, limit) - limit.seconds for limit in keys}
    rows = RateCount.objects.filter(key__in=keys.values(), slot__in=before.values())
    earlier = {(row.key, row.slot): row.count for row in rows}
    counts = []
    # Always in the same order: two requests that wait for each other's rows would wait forever.
    for limit, key in sorted(keys.items(), key=lambda pair: pair[1]):
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [key, slot_start(at, limit)])
            (current,) = cursor.fetchone()
        counts.append(Count(limit, current, earlier.get((key, before[limit]), 0)))
    return wait_seconds(counts, at)


def forgive_tries(limit: Limit, *parts: str) -> None:
    """Forget the tries of somebody who then proved who they are."""
    RateCount.objects.filter(key=make_key(limit, *parts)).delete()


def forget_old_tries(*, now: datetime) -> int:
    """Delete counts that no limit looks at any more; how many there were."""
    return RateCount.objects.filter(slot__lt=int(now.timestamp()) - 2 * 86400).delete()[0]
