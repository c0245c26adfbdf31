"""Stop waiting for somebody to pay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, AttemptStatus, PaymentAttempt
from quarterday.store.queries.paying import is_promise


def cancel_attempt(*, attempt: PaymentAttempt, now: datetime, actor: str = "system") -> bool:
    """Stop waiting for the payer; whether it was still waiting for them.

    Only for an attempt that waits for the payer or is a mere promise: what was set off cannot be
    taken back by words. Should the money come all the same, it is recorded.
    """
    with transaction.atomic():
        account, attempt = claim_row(attempt)
        promised = is_promise(attempt) and attempt.status == AttemptStatus.PENDING
        if attempt.status != AttemptStatus.ACTION and not promised:
            return False
        return drop_attempt(account, attempt, now, actor)


def drop_attempt(account: Account, attempt: PaymentAttempt, now: datetime, actor: str) -> bool:
    """The same for services that hold the transaction and the account."""
    rows = PaymentAttempt.objects.filter(id=attempt.id, status=attempt.status)
    if not rows.update(status=AttemptStatus.CANCELLED, finished_at=now):
        return False
    record_attempt(account, attempt, "payment_attempt.cancelled", now, actor)
    return True


def record_attempt(
    account: Account, attempt: PaymentAttempt, kind: str, now: datetime, actor: str
) -> None:
    """The event of an attempt."""
    data = {
        "gateway": attempt.gateway,
        "purpose": str(attempt.purpose),
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "invoices": attempt.invoices,
    }
    record_event(
        kind=kind,
        subject=attempt.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data=data | ({"error": attempt.error} if attempt.error else {}),
    )
