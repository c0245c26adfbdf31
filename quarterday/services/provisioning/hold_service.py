"""Hold a service back: suspend or restrict it for a reason, until that ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.period import local_date
from quarterday.core.service import ServiceCondition
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.store.models import ServiceHold, ServiceHoldCause, Subscription

_LEVELS = (ServiceCondition.SUSPENDED, ServiceCondition.RESTRICTED)
_OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)


def hold_service(
    *,
    subscription: Subscription,
    cause: str,
    now: datetime,
    level: str = ServiceCondition.SUSPENDED,
    subject: str = "",
    reason: str = "",
    actor: str = "system",
) -> ServiceHold:
    """Hold a service for a cause; the hold that is open after it.

    The same cause, subject and level hold once, so doing it again changes nothing. ``subject`` is
    what it is about, such as the public id of the unpaid invoice. The place is told by the job
    `drive_services`. Raises `BillingError` for unknown words and for a contract that is over.
    """
    cause = check_word(ServiceHoldCause, cause, "cause")
    if level not in _LEVELS:
        raise BillingError(f"level must be one of {', '.join(_LEVELS)}, not {level!r}")
    with transaction.atomic():
        account, subscription = claim_subscription(subscription.id)
        if subscription.status in _OVER:
            raise BillingError(f"subscription {subscription} is over; there is nothing to hold")
        hold, is_new = ServiceHold.objects.get_or_create(
            subscription=subscription,
            cause=cause,
            subject=subject,
            level=level,
            ended_at=None,
            defaults={
                "account": account,
                "reason": reason[:200],
                "started_at": now,
                "actor": actor,
            },
        )
        if is_new:
            record_event(
                kind="service.held",
                subject=subscription.public_id,
                seller_id=account.seller_id,
                account_id=account.id,
                actor=actor,
                now=now,
                data={"cause": str(cause), "level": str(level), "about": subject, "reason": reason},
            )
        today = local_date(now, account.seller.time_zone)
        set_wanted(subscription=subscription, today=today, now=now, actor=actor, is_held=True)
    return hold
