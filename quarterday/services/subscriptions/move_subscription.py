"""Move a subscription to another state: legal by the core, and won by one."""

from __future__ import annotations

from typing import Any

from quarterday.core.lifecycle import move
from quarterday.services.errors import Conflict
from quarterday.store.models import Subscription


def move_subscription(subscription: Subscription, verb: str, **fields: Any) -> None:
    """Do a verb of the lifecycle, and set further fields with it.

    Raises `IllegalMove` when the state does not allow the verb, and `Conflict` when the state is
    no longer what was read.
    """
    old = subscription.status
    new = move("subscription", old, verb)
    rows = Subscription.objects.filter(id=subscription.id, status=old)
    if rows.update(status=new, **fields) != 1:
        raise Conflict(f"subscription {subscription} is no longer {old}; look again and repeat")
    for name, value in {"status": new, **fields}.items():
        setattr(subscription, name, value)
