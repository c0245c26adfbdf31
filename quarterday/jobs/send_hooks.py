"""Tell other systems what happened."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.ports.clock import read_now
from quarterday.ports.guarded_http import NoAnswer, call
from quarterday.services.hooks.change_endpoint import tidy_deliveries
from quarterday.services.hooks.claim_delivery import claim_delivery
from quarterday.services.hooks.feed_events import feed_events
from quarterday.services.hooks.prepare_request import prepare_request
from quarterday.services.hooks.record_delivery import record_delivery
from quarterday.store.models import WebhookDelivery

_log = logging.getLogger(__name__)
_MOST = 1000
_SILENT = 2
_TIMEOUT = 15


class SendHooks:
    """Reads the log of events for each endpoint, and sends what waits."""

    name: ClassVar[str] = "send_hooks"
    every: ClassVar[timedelta] = timedelta(seconds=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Queue, then send until nothing waits that may go now."""
        feed_events(now=read_now())
        counts: Counter[str] = Counter()
        silent: Counter[int] = Counter()
        for _ in range(_MOST):
            # Who does not answer is left alone until the next run; others need not wait for them.
            avoid = [key for key, times in silent.items() if times >= _SILENT]
            delivery = claim_delivery(now=read_now(), avoid=avoid)
            if delivery is None:
                break
            if send_delivery(delivery):
                counts["sent"] += 1
            else:
                counts["failed"] += 1
                silent[delivery.endpoint_id] += 1
        return dict(counts)


def send_delivery(delivery: WebhookDelivery) -> bool:
    """Send one delivery that was claimed; whether it was taken."""
    status, error = None, ""
    try:
        body, headers = prepare_request(delivery, now=read_now())
        answer = call(delivery.endpoint.url, body=body, headers=headers, timeout=_TIMEOUT)
        status, error = answer.status, answer.body[:200].decode("utf-8", "replace")
    except (BillingError, NoAnswer) as problem:
        error = str(problem)
    record_delivery(delivery, status=status, error=error, now=read_now())
    is_taken = status is not None and 200 <= status < 300
    if not is_taken:
        _log.warning("%s did not take %s: %s", delivery.endpoint, delivery.public_id, error)
    return is_taken


class TidyHooks:
    """Forgets what was told long ago."""

    name: ClassVar[str] = "tidy_hooks"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Delete old deliveries."""
        deleted = tidy_deliveries(now=read_now())
        return {"deleted": deleted} if deleted else {}
