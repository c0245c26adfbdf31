"""Try a service again that was given up, or sooner than it would be."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.settle_service import change_row
from quarterday.store.models import ServiceState, ServiceStatus


def retry_service(*, service: ServiceState, now: datetime, actor: str = "system") -> ServiceState:
    """Let the job drive a service now; one that is due now already stays so.

    Raises `Conflict` for one that is as it is wanted, or that people have to see to.
    """
    with transaction.atomic():
        account = claim_account(service.account_id)
        row = ServiceState.objects.get(id=service.id)
        if row.status not in (ServiceStatus.FAILED, ServiceStatus.DUE):
            raise Conflict(
                f"service {row.public_id} is {row.status}; there is nothing to try again"
            )
        change_row(row, status=ServiceStatus.DUE, next_at=now, tries=0)
        record_event(
            kind="service.retried",
            subject=row.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
        )
    return row
