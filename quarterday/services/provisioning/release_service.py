"""End what holds services back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.period import local_date
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.store.models import Account, ServiceHold, ServiceHoldCause, Subscription


def release_service(
    *,
    account: Account,
    cause: str,
    now: datetime,
    subject: str = "",
    subscription: Subscription | None = None,
    actor: str = "system",
) -> int:
    """End the open holds of a cause and subject, of one subscription or all; how many there were.

    A service runs again only when nothing else holds it. Doing it again changes nothing. Raises
    `BillingError` for an unknown cause.
    """
    cause = check_word(ServiceHoldCause, cause, "cause")
    with transaction.atomic():
        account = claim_account(account.id)
        rows = ServiceHold.objects.filter(
            account=account, cause=cause, subject=subject, ended_at__isnull=True
        )
        if subscription is not None:
            rows = rows.filter(subscription=subscription)
        holds = list(rows.select_related("subscription__plan").order_by("id"))
        ServiceHold.objects.filter(id__in=[one.id for one in holds]).update(
            ended_at=now, ended_by=actor
        )
        today = local_date(now, account.seller.time_zone)
        for held in {one.subscription_id: one.subscription for one in holds}.values():
            held.account = account
            record_event(
                kind="service.released",
                subject=held.public_id,
                seller_id=account.seller_id,
                account_id=account.id,
                actor=actor,
                now=now,
                data={"cause": str(cause), "about": subject},
            )
            set_wanted(subscription=held, today=today, now=now, actor=actor, is_held=True)
    return len(holds)
