"""Write down that an account is about to pay, before any gateway is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from quarterday.store.models import Account, AttemptPurpose, PaymentAttempt, PaymentMethod


def start_attempt(
    *,
    account: Account,
    gateway: str,
    amount_minor: int,
    invoices: Sequence[str],
    now: datetime,
    choice: str = "",
    purpose: AttemptPurpose = AttemptPurpose.PAY,
    method: PaymentMethod | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> PaymentAttempt:
    """The intent to pay; commit it, then ask the gateway with its public id as idempotency key.

    ``invoices`` are public ids to settle in their order; none means credit.
    """
    raise NotImplementedError
