"""Tell other systems what happened."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.hooks.change_endpoint import tidy_deliveries
from quarterday.services.hooks.claim_delivery import claim_delivery
from quarterday.services.hooks.feed_events import feed_events
from quarterday.services.hooks.send_delivery import send_delivery

_MOST = 1000
_SILENT = 2


class SendHooks:
    """Reads the log of events for each endpoint, and sends what waits."""

    name: ClassVar[str] = "send_hooks"
    every: ClassVar[timedelta] = timedelta(seconds=5)
    is_recorded: ClassVar[bool] = False
    is_spread: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Queue, then send until nothing waits that may go now."""
        feed_events(now=read_now())
        counts: Counter[str] = Counter()
        send_waiting(counts)
        return dict(counts)


def send_waiting(counts: Counter[str], *, most: int = _MOST, kind: str = "") -> None:
    """Send what may go now, or only what has a kind that begins so; what became of each counts."""
    silent: Counter[int] = Counter()
    for _ in range(most):
        # Who does not answer is left alone until the next run; others need not wait for them.
        avoid = [key for key, times in silent.items() if times >= _SILENT]
        delivery = claim_delivery(now=read_now(), avoid=avoid, kind=kind)
        if delivery is None:
            return
        if send_delivery(delivery, now=read_now()):
            counts["sent"] += 1
        else:
            counts["failed"] += 1
            silent[delivery.endpoint_id] += 1


class TidyHooks:
    """Forgets what was told long ago."""

    name: ClassVar[str] = "tidy_hooks"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Delete old deliveries."""
        deleted = tidy_deliveries(now=read_now())
        return {"deleted": deleted} if deleted else {}
