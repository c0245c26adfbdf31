"""Reverse an allocation that settled the wrong invoice."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.payments.take_back import take_back
from quarterday.store.models import Allocation


def reverse_allocation(
    *, allocation: Allocation, today: date, now: datetime, reason: str, actor: str = "system"
) -> Allocation:
    """Make an invoice owed again; what settled it becomes credit. The reversing row.

    Raises `BillingError` when it was reversed before, or the invoice is void or written off.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, allocation = claim_row(allocation, "invoice__account")
        reversal = take_back(account, allocation, on=today, now=now, actor=actor)
        invoice = reversal.invoice
        record_event(
            kind="allocation.reversed",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={
                "allocation": allocation.public_id,
                "amount_minor": allocation.amount_minor,
                "currency": invoice.currency,
                "label": invoice.label,
                "open_minor": invoice.open_minor,
                "reason": reason,
            },
        )
    return reversal
