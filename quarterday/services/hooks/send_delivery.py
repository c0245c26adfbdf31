"""Send something to an endpoint, outside of every transaction, and write down the answer."""

from __future__ import annotations

import logging
from datetime import datetime

from quarterday.core.errors import BillingError
from quarterday.ports.guarded_http import NoAnswer, call
from quarterday.services.hooks.prepare_request import prepare_request
from quarterday.services.hooks.record_delivery import record_delivery
from quarterday.store.models import WebhookDelivery

_log = logging.getLogger(__name__)
_TIMEOUT = 15


def send_delivery(delivery: WebhookDelivery, *, now: datetime) -> bool:
    """Send a delivery that was claimed; whether it was taken."""
    status, error = None, ""
    try:
        body, headers = prepare_request(delivery, now=now)
        answer = call(delivery.endpoint.url, body=body, headers=headers, timeout=_TIMEOUT)
        status, error = answer.status, answer.body[:200].decode("utf-8", "replace")
    except (BillingError, NoAnswer) as problem:
        error = str(problem)
    record_delivery(delivery, status=status, error=error, now=now)
    is_taken = status is not None and 200 <= status < 300
    if not is_taken:
        _log.warning("%s did not take %s: %s", delivery.endpoint, delivery.public_id, error)
    return is_taken
