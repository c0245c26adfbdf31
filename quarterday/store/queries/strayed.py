"""Services of which something else is wanted than their contracts and holds ask for."""

from __future__ import annotations

from typing import NamedTuple

from quarterday.store.queries.raw import fetch

# Of the two levels the firmer one is also the later one in the alphabet. A contract that is to end
# may wait for its order still, so that nothing is wanted yet.
_STRAYED = """
SELECT s.id, s.public_id, s.status, v.wanted
FROM store_servicestate v JOIN store_subscription s ON s.id = v.subscription_id
WHERE v.wanted <> CASE
    WHEN s.status IN ('cancelled', 'ended') THEN 'terminated'
    WHEN s.status = 'pending' THEN 'none'
    WHEN s.status = 'cancelling' AND v.wanted = 'none' THEN 'none'
    WHEN s.status = 'paused' THEN 'suspended'
    ELSE COALESCE((SELECT MAX(h.level) FROM store_servicehold h
                   WHERE h.subscription_id = s.id AND h.ended_at IS NULL), 'active')
  END
ORDER BY s.id LIMIT %s
"""
_WITHOUT = """
SELECT s.id, s.public_id, s.status, ''
FROM store_provisioning r
JOIN store_plan p ON p.product_id = r.product_id
JOIN store_subscription s ON s.plan_id = p.id
LEFT JOIN store_servicestate v ON v.subscription_id = s.id
WHERE v.id IS NULL AND s.status IN ('trialing', 'active', 'paused', 'cancelling')
ORDER BY s.id LIMIT %s
"""


class Strayed(NamedTuple):
    """A contract, its state, and what is wanted of its service: nothing where it has none."""

    subscription_id: int
    public_id: str
    status: str
    wanted: str


def find_strayed(limit: int) -> list[Strayed]:
    """Contracts whose services are wanted otherwise than they ask for, whatever the reason."""
    return [Strayed(*row) for row in fetch(_STRAYED, [limit])]


def find_unserved(limit: int) -> list[Strayed]:
    """Contracts that run, and have no service though their product has a place.

    One that is to move there on a day to come is among them, too.
    """
    return [Strayed(*row) for row in fetch(_WITHOUT, [limit])]
