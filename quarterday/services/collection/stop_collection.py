"""Keep an invoice from being charged by itself, until somebody resumes it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Collection, CollectionStatus, Invoice


def stop_collection(
    *, invoice: Invoice, reason: str, today: date, now: datetime, actor: str = "system"
) -> Collection:
    """The stopped collection. What is on its way already is not called back."""
    said = check_text(reason, "reason", 200)
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        row, _ = Collection.objects.get_or_create(
            invoice=invoice, defaults={"account": account, "next_on": today}
        )
        if row.status == CollectionStatus.STOPPED and row.reason == said:
            return row
        row.status, row.next_on, row.reason = CollectionStatus.STOPPED, None, said
        row.save(update_fields=["status", "next_on", "reason"])
        record_event(
            kind="collection.stopped",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"reason": said},
        )
    return row
