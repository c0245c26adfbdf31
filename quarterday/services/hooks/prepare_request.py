"""Make the request that tells a delivery."""

from __future__ import annotations

import json
import os
from datetime import datetime

from quarterday.core.errors import BillingError
from quarterday.core.webhook import sign_webhook
from quarterday.services.debits.vault import unseal
from quarterday.store.models import WebhookDelivery, WebhookEndpoint


def prepare_request(delivery: WebhookDelivery, *, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and the headers, signed as Standard Webhooks has it.

    Raises `BillingError` when the secret cannot be read.
    """
    told = {
        "type": delivery.kind,
        "timestamp": delivery.created_at.isoformat(),
        "data": delivery.payload,
    }
    body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    secret = read_endpoint_secret(delivery.endpoint)
    headers = sign_webhook(secret, delivery.public_id, int(now.timestamp()), body)
    return body, headers | {"content-type": "application/json", "user-agent": "Quarterday"}


def read_endpoint_secret(endpoint: WebhookEndpoint) -> str:
    """The secret of an endpoint: unsealed, or from the environment. Raises `BillingError`."""
    if not endpoint.secret.startswith("env:"):
        return unseal(endpoint.secret, owner=endpoint.public_id)
    name = endpoint.secret.removeprefix("env:")
    if not os.environ.get(name):
        raise BillingError(f"the environment holds no {name}, which signs what {endpoint} is told")
    return os.environ[name]
