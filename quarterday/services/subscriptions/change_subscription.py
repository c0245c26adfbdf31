"""Change what is kept about a contract, and its settings; not what it charges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.compare import apply_changes
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_settings
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Subscription


def change_subscription(
    *,
    subscription_id: int,
    now: datetime,
    settings: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Subscription:
    """Replace the settings or data that are given; None leaves them as they are.

    New settings count from the next billing. What is the same already changes nothing. Raises
    `NotFound`, and `BillingError` for bad settings.
    """
    asked = {
        "settings": None if settings is None else check_settings(settings),
        "data": None if data is None else dict(data),
    }
    with transaction.atomic():
        account, subscription = claim_subscription(subscription_id)
        changes = apply_changes(subscription, asked)
        if not changes:
            return subscription
        subscription.save(update_fields=list(changes))
        if "settings" in changes:
            set_due(account.id)
        record_event(
            kind="subscription.changed",
            subject=subscription.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"changed": sorted(changes)},
        )
    return subscription
