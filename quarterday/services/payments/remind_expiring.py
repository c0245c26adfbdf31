"""Tell customers in time that the card which is charged expires."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import PaymentMethod, Seller

_AHEAD = timedelta(days=30)
_BATCH = 500


def remind_expiring(*, seller: Seller, today: date, now: datetime) -> int:
    """Queue a message for each default method that expires within 30 days; how many there are.

    The same expiry is told once, however often this runs: the day is the message's occasion.
    """
    rows = PaymentMethod.objects.select_related("account").filter(
        account__seller=seller,
        is_default=True,
        removed_at=None,
        expires_on__gte=today,
        expires_on__lte=today + _AHEAD,
    )
    last, found = 0, 0
    while batch := list(rows.filter(id__gt=last).order_by("id")[:_BATCH]):
        with transaction.atomic():
            for method in batch:
                assert method.expires_on is not None
                queue_message(
                    kind="card_expiring",
                    account=method.account,
                    subject=method.public_id,
                    occasion=method.expires_on.isoformat(),
                    now=now,
                )
        last, found = batch[-1].id, found + len(batch)
    return found
